"""A bare DuckDB COPY with its defaults: the measure that every ratio is taken against."""

import sys

import duckdb

READERS = {
    "csv": "read_csv('{source}')",
    "gz": "read_csv('{source}')",
    "partitioned": "read_csv('{source}')",
    "files": "read_csv('{source}/*.csv')",
    "ndjson": "read_ndjson('{source}')",
    "dirty": "read_csv('{source}', store_rejects = true, columns = {columns})",
}
DECLARED = {
    "order_id": "bigint",
    "customer_id": "bigint",
    "order_ts": "timestamp",
    "region": "varchar",
    "sku": "varchar",
    "quantity": "integer",
    "amount": "decimal(12,2)",
    "paid": "boolean",
    "ship_date": "date",
    "note": "varchar",
}


def main(case: str, source: str, out: str) -> None:
    reader = READERS[case].format(source=source, columns=DECLARED)
    if case == "partitioned":
        duckdb.execute(
            f"copy (select *, year(order_ts) as year, month(order_ts) as month,"
            f" day(order_ts) as day from {reader})"
            f" to '{out}' (format parquet, partition_by (year, month, day))"
        )
    else:
        duckdb.execute(f"copy (from {reader}) to '{out}/part.parquet' (format parquet)")


if __name__ == "__main__":
    main(*sys.argv[1:])
