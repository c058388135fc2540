"""pandas in chunks, each appended to a Parquet file or written into its partitions."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

CHUNK_ROWS = 200_000
TIMES = ["order_ts", "ship_date"]


def main(case: str, source: str, out: str) -> None:
    if case == "partitioned":
        partition(chunks(case, source), out)
    else:
        append(chunks(case, source), Path(out) / "part.parquet")


def chunks(case: str, source: str) -> Iterator[pd.DataFrame]:
    if case == "ndjson":
        for frame in pd.read_json(source, lines=True, chunksize=CHUNK_ROWS):
            yield frame.assign(**{name: pd.to_datetime(frame[name]) for name in TIMES})
    elif case == "files":
        files = sorted(Path(source).glob("*.csv"))
        for start in range(0, len(files), 1_000):
            yield pd.concat(
                [pd.read_csv(file, parse_dates=TIMES) for file in files[start : start + 1_000]]
            )
    else:
        yield from pd.read_csv(source, chunksize=CHUNK_ROWS, parse_dates=TIMES)


def append(frames: Iterator[pd.DataFrame], target: Path) -> None:
    frame = next(frames)
    first = pa.Table.from_pandas(frame, preserve_index=False)
    with pq.ParquetWriter(target, first.schema) as writer:
        writer.write_table(first)
        for frame in frames:
            writer.write_table(pa.Table.from_pandas(frame, first.schema, preserve_index=False))


def partition(frames: Iterator[pd.DataFrame], out: str) -> None:
    for number, frame in enumerate(frames):
        when = frame["order_ts"].dt
        dated = frame.assign(year=when.year, month=when.month, day=when.day)
        dated.to_parquet(
            out,
            index=False,
            partition_cols=["year", "month", "day"],
            basename_template=f"part-{number}-{{i}}.parquet",
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
