"""What came in periods, out of the arrivals that landed then or are so named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from headwater.adapters.aws.ledger import places
from headwater.adapters.aws.ledger.items import state_of, under
from headwater.adapters.aws.ledger.schema import LANDED, NAMED
from headwater.adapters.aws.ledger.table import Table, batched
from headwater.adapters.aws.ledger.writes import Item
from headwater.model.arrival import ArrivalState
from headwater.model.ids import ArrivalId, FeedName
from headwater.model.standing import Came
from headwater.ports.watching import Wanted

_REFUSED = frozenset({ArrivalState.QUARANTINED, ArrivalState.DEAD, ArrivalState.MISSING})
_WAITING = frozenset({ArrivalState.PENDING, ArrivalState.PROCESSING})
_LAST = "\U0010ffff"  # sorts behind whatever a name goes on with
_READ = 100

Period = tuple[datetime | None, datetime | None]


def came(
    table: Table, feed: FeedName, wanted: Sequence[Wanted], least: int
) -> Mapping[tuple[int, int], Came]:
    """What came of each pattern in each period, by their numbers; nothing where none did."""
    landed: dict[Period, list[Item]] = {}
    found: dict[tuple[int, int], Came] = {}
    for each in wanted:
        if each.start is None or each.stop is None:
            seen = _named(table, feed, each.glob or "*")
        else:
            period = (each.start, each.stop)
            if period not in landed:
                landed[period] = landed_within(table, feed, each.start, each.stop)
            seen = landed[period]
        matching = [item for item in seen if _matches(each.glob, item["key"])]
        if matching:
            found[each.period, each.pattern] = _sum(matching, max(least, 1))
    return found


def records(table: Table, feed: FeedName, keys: Iterable[str]) -> Mapping[ArrivalId, int]:
    """Completed arrivals under keys, and their records as they were counted beside the parser."""
    return {
        item["id"]: item["counted"]
        for key in keys
        for item in under(table, feed, key)  # type: ignore[arg-type]
        if state_of(item) is ArrivalState.COMPLETED and "counted" in item
    }


def landed_within(table: Table, feed: FeedName, start: datetime, stop: datetime) -> list[Item]:
    """Arrivals of a feed that landed from start on, and before stop."""
    listed = table.query(
        "#list = :list AND #landed_at BETWEEN :start AND :last",
        index=LANDED,
        list=places.arrivals_of(feed),
        start=places.micros(start),
        last=places.micros(stop) - 1,
    )
    return list(_as_they_are(table, listed)) if stop > start else []


def first_landed(table: Table, feed: FeedName) -> datetime | None:
    """When the first file of the feed landed."""
    listed = table.query("#list = :list", index=LANDED, page=1, list=places.arrivals_of(feed))
    first = next(listed, None)
    return None if first is None else places.time_at(first["landed_at"])


def _named(table: Table, feed: FeedName, glob: str) -> list[Item]:
    low = glob[: min((glob.find(wild) for wild in "*?" if wild in glob), default=len(glob))]
    condition = "#list = :list"
    values: dict[str, Any] = {"list": places.arrivals_of(feed)}
    if low:
        condition += " AND #key BETWEEN :low AND :high"
        values |= {"low": low, "high": f"{low}{_LAST}"}
    return list(_as_they_are(table, table.query(condition, index=NAMED, **values)))


def _as_they_are(table: Table, listed: Iterable[Item]) -> Iterator[Item]:
    for some in batched(listed, _READ):
        yield from table.get_all((item["pk"], item["sk"]) for item in some).values()


def _matches(glob: str | None, key: str) -> bool:
    if glob is None:
        return True
    wild = {"*": "[^/]*", "?": "[^/]"}
    pattern = "".join(wild.get(letter) or re.escape(letter) for letter in glob)
    return re.fullmatch(pattern, key, re.DOTALL) is not None


def _sum(seen: Sequence[Item], least: int) -> Came:
    """Of a key, the version that is to be read is looked at, and when its first one landed."""
    first: dict[str, int] = {}
    chosen: dict[str, Item] = {}
    for item in seen:
        key = item["key"]
        first[key] = min(first.get(key, item["landed_at"]), item["landed_at"])
        if key not in chosen or _rank(item) > _rank(chosen[key]):
            chosen[key] = item
    good = [item for item in chosen.values() if state_of(item) not in _REFUSED]
    times = sorted(first[item["key"]] for item in good)
    return Came(
        files=len(good),
        waiting=sum(state_of(item) in _WAITING for item in good),
        refused=len(chosen) - len(good),
        rows=sum(item["rows_written"] for item in good),
        size_bytes=sum(item["size_bytes"] for item in good),
        first_at=places.time_at(times[0]) if times else None,
        enough_at=places.time_at(times[least - 1]) if len(times) >= least else None,
    )


def _rank(item: Item) -> tuple[bool, bool, int]:
    state = state_of(item)
    return state not in _REFUSED, state is not ArrivalState.DUPLICATE, item["generation"]
