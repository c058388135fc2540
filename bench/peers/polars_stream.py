"""Polars, lazily scanned and streamed into Parquet."""

import sys
from pathlib import Path

import polars as pl


def main(case: str, source: str, out: str) -> None:
    rows = scanned(case, source)
    if case == "partitioned":
        when = pl.col("order_ts").dt
        rows = rows.with_columns(year=when.year(), month=when.month(), day=when.day())
        rows.sink_parquet(pl.PartitionBy(out, key=["year", "month", "day"]), mkdir=True)
    else:
        rows.sink_parquet(Path(out) / "part.parquet")


def scanned(case: str, source: str) -> pl.LazyFrame:
    if case == "ndjson":
        return pl.scan_ndjson(source).with_columns(
            pl.col("order_ts").str.to_datetime(), pl.col("ship_date").str.to_date()
        )
    files = f"{source}/*.csv" if case == "files" else source
    return pl.scan_csv(files, try_parse_dates=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
