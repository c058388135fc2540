"""What is measured: each case, the form its input takes, and who can take part."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of work, the same for everyone who takes part."""

    name: str
    title: str
    format: str = "csv"
    partitioned: bool = False
    shaped: bool = False  # with steps and checks; Headwater without them is the peer
    damaged: bool = False  # with one bad row in a hundred; Headwater without these is the peer
    declared: bool = False  # its types


CASES = {
    case.name: case
    for case in (
        Case("csv", "one CSV file into one table"),
        Case("gz", "the same file gzipped (zlib, level 6)"),
        Case("ndjson", "the same rows as NDJSON", format="ndjson"),
        Case("partitioned", "the CSV file into 90 day partitions", partitioned=True),
        Case("files", "many small CSV files into one table"),
        Case("steps", "the CSV file through six steps and six checks", shaped=True),
        Case("dirty", "the CSV file with bad rows, types declared", declared=True),
        Case("careful", "the CSV file with bad rows", damaged=True),
        Case("careful-declared", "the same, types declared", damaged=True, declared=True),
        Case("careful-ndjson", "the NDJSON with bad rows", format="ndjson", damaged=True),
        Case(
            "careful-ndjson-declared",
            "the same, types declared",
            format="ndjson",
            damaged=True,
            declared=True,
        ),
    )
}
TOGETHER = {"careful": tuple(name for name, case in CASES.items() if case.damaged)}
"""Cases that are asked for by one name."""
START = "start"  # not a conversion: how long the program itself takes to start

COLUMNS = {
    "order_id": "bigint",
    "customer_id": "bigint",
    "order_ts": "timestamp",
    "region": "text",
    "sku": "text",
    "quantity": "integer",
    "amount": "decimal(12,2)",
    "paid": "boolean",
    "ship_date": "date",
    "note": "text",
}


@dataclass(frozen=True, slots=True)
class Peer:
    """Someone else who can do the work: their script, their environment, their limits."""

    name: str
    title: str
    script: str
    requirements: str
    cases: tuple[str, ...] = ("csv", "gz", "ndjson", "partitioned", "files")
    arguments: tuple[str, ...] = ()
    scale: int = 1  # runs on 1/scale of the data, and the table says so
    needs_java: bool = False
    lacks: str = ""  # why it sits out the other cases


BASELINE = "duckdb"
HEADWATER = "headwater"
BARE = "headwater-bare"  # the same without steps and checks
CLEAN = "headwater-clean"  # the same without bad rows

STEPS = (
    {"rename": {"sku": "article"}},
    {"derive": {"total": "amount * quantity", "month": "date_trunc('month', order_ts)"}},
    {"filter": "quantity > 0 or paid"},
    {"clean": {"columns": ["region"], "how": ["trim", "upper"]}},
    {"map": {"column": "region", "values": {"NORTH": "N", "SOUTH": "S"}}},
    {"fill": {"note": "none"}},
)
CHECKS = (
    {"not_null": ["order_id", "customer_id"]},
    {"unique": "order_id"},
    {"range": {"amount": [0, 100000]}},
    {"length": {"article": [3, 20]}},
    {"pattern": {"article": "[A-Z]+-[0-9]+"}},
    {"holds": "total >= amount", "action": "warn"},
)
"""Rows of the table that keep every check and that no step leaves out."""

PEERS = {
    peer.name: peer
    for peer in (
        Peer(
            BASELINE,
            "DuckDB COPY",
            "duckdb_copy",
            "duckdb",
            cases=("csv", "gz", "ndjson", "partitioned", "files", "dirty"),
        ),
        Peer("polars", "Polars", "polars_stream", "polars"),
        Peer("pyarrow", "PyArrow", "pyarrow_dataset", "pyarrow"),
        Peer("pandas", "pandas, chunks", "pandas_chunks", "pandas"),
        Peer("spark", "Spark local[2]", "spark_local", "spark", needs_java=True),
        Peer(
            "dlt",
            "dlt, rows",
            "dlt_files",
            "dlt",
            cases=("csv", "gz", "ndjson", "files"),
            arguments=("rows",),
            scale=8,
            lacks="its file destination partitions by load, not by a column",
        ),
        Peer(
            "dlt-arrow",
            "dlt, Arrow",
            "dlt_files",
            "dlt",
            cases=("csv", "gz", "files"),
            arguments=("arrow",),
            scale=8,
            lacks="its Arrow way reads CSV, and partitions by load only",
        ),
    )
}
