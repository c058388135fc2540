"""PyArrow datasets: read in batches by all cores, written in batches."""

import sys

import pyarrow.compute as pc
import pyarrow.dataset as ds


def main(case: str, source: str, out: str) -> None:
    rows = ds.dataset(source, format="json" if case == "ndjson" else "csv")
    if case == "partitioned":
        columns = {name: ds.field(name) for name in rows.schema.names}
        for part in ("year", "month", "day"):
            columns[part] = getattr(pc, part)(ds.field("order_ts"))
        ds.write_dataset(
            rows.scanner(columns=columns),
            out,
            format="parquet",
            partitioning=["year", "month", "day"],
            partitioning_flavor="hive",
        )
    else:
        ds.write_dataset(rows, out, format="parquet")


if __name__ == "__main__":
    main(*sys.argv[1:])
