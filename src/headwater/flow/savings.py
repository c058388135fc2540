"""What would make a plan cheaper: where small files or least bills are most of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from headwater.flow.forecast import Forecast
from headwater.model.cost import AwsEngine, Cost, glue_seconds
from headwater.model.feed import Feed
from headwater.model.price import Item, Prices

_SMALL_BYTES = 1_000_000
_MANY = 10
_SMALL_PART_BYTES = 16_000_000
_PER_FILE = frozenset({Item.S3_PUT, Item.S3_GET, Item.SQS, Item.DYNAMODB_WRITE, Item.DYNAMODB_READ})
_MOST_OF_IT = 0.5


def savings(
    feed: Feed, forecasts: Sequence[Forecast], total: Cost, prices: Prices
) -> Iterator[str]:
    """Sentences, the weightiest first."""
    files = sum(each.load.files for each in forecasts)
    bytes_in = sum(each.load.bytes_in for each in forecasts)
    if files >= _MANY and bytes_in < files * _SMALL_BYTES:
        per_file = sum(line.nanos for line in total.lines if line.item in _PER_FILE)
        if per_file > _MOST_OF_IT * total.nanos:
            share = round(100 * per_file / total.nanos)
            yield (
                f"{share}% of the bill goes by the number of files, not by their size: have the "
                "sender put many small files into one"
            )
    yield from _least_bills(feed, forecasts, prices)
    yield from _small_parts(feed, forecasts)


def _least_bills(feed: Feed, forecasts: Sequence[Forecast], prices: Prices) -> Iterator[str]:
    short = [
        each
        for each in forecasts
        if each.engine is AwsEngine.GLUE and glue_seconds(each.load) < prices.glue_least_seconds
    ]
    if short:
        runs = "a run" if len(short) == 1 else f"{len(short)} runs"
        yield (
            f"{runs} of Glue would end before the {prices.glue_least_seconds} s that are billed "
            f"at least: raise feeds.{feed.name}.lambda_below, or feeds.{feed.name}.batch.bytes"
        )


def _small_parts(feed: Feed, forecasts: Sequence[Forecast]) -> Iterator[str]:
    parts = sum(each.load.parts for each in forecasts)
    bytes_out = sum(each.load.bytes_out for each in forecasts)
    if parts >= _MANY and bytes_out < parts * _SMALL_PART_BYTES:
        yield (
            f"{parts:,} parts would be small, which every query pays for: raise "
            f"feeds.{feed.name}.batch, or partition by fewer values"
        )
