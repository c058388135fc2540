"""Believable files, clean and dirty: the same on every machine."""

from __future__ import annotations

import csv
import gzip
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import TextIOWrapper
from pathlib import Path

import duckdb

START = datetime(2026, 9, 1, tzinfo=UTC)
DAYS = 60
ORDERS_A_DAY = 700
CLICKS = 60_000
PRODUCTS = [
    ("Kettle", 39.90),
    ("Toaster", 54.50),
    ("Desk lamp", 24.00),
    ("Tea towel", 7.95),
    ("Cast-iron pan", 89.00),
    ("Bread knife", 31.20),
    ('Cutting board, 12"', 27.40),
    ("Espresso cups (6)", 44.00),
]
REGIONS = ["north", "south", "east", "west"]
PAGES = ["/", "/search", "/product", "/basket", "/checkout", "/thanks"]


def write(folder: Path) -> dict[str, list[Path]]:
    """Write the files of each feed; the same bytes on every call."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(20_260_901)
    return {
        "orders": [_orders(folder, month, chance) for month in (0, 1)],
        "clicks": [_clicks(folder, chance)],
        "customers": [_customers(folder)],
    }


def _orders(folder: Path, month: int, chance: random.Random) -> Path:
    """A shop's export: commas and quotes in names, and the mistakes that people make by hand."""
    path = folder / f"orders-2026-{9 + month:02d}.csv"
    first = DAYS // 2 * month
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            ["order_id", "ordered_at", "customer_id", "region", "product", "quantity", "price"]
        )
        for number, row in enumerate(_order_rows(first, chance)):
            _write_order(writer, file, number, row)
    return path


def _order_rows(first: int, chance: random.Random) -> Iterator[list[object]]:
    for day in range(first, first + DAYS // 2):
        weekend = (START + timedelta(days=day)).weekday() >= 5  # noqa: PLR2004 - Saturday
        for _ in range(int(ORDERS_A_DAY * (1.6 if weekend else 1.0) * (1 + day / 90))):
            at = START + timedelta(days=day, seconds=int(chance.betavariate(4, 3) * 86_399))
            product, price = chance.choice(PRODUCTS)
            yield [
                100_000_000 + chance.randrange(899_999_999),
                at.strftime("%Y-%m-%d %H:%M:%S"),
                f"{chance.randrange(2_000):05d}",
                chance.choices(REGIONS, [4, 3, 2, 2])[0],
                product,
                chance.choices([1, 2, 3, 6], [6, 3, 1, 1])[0],
                f"{price:.2f}",
            ]


def _write_order(writer: object, file: TextIOWrapper, number: int, row: list[object]) -> None:
    mistakes = {
        4_711: lambda: row.__setitem__(6, "39,90 EUR"),  # a price with a comma and a currency
        9_001: lambda: row.__setitem__(1, "2026-09-31 10:00:00"),  # a day that does not exist
        12_345: row.pop,  # a field is missing
        15_000: lambda: row.append("call back!"),  # one too many
    }
    if number in mistakes:
        mistakes[number]()
    writer.writerow(row)  # type: ignore[attr-defined]
    if number == 18_000:  # noqa: PLR2004 - a quote that is opened and never closed
        file.write('123456789,2026-09-20 10:00:00,00042,north,"Tea towel,1,7.95\n')


def _clicks(folder: Path, chance: random.Random) -> Path:
    """A web server's events, gzipped; two lines were cut when a disk was full."""
    path = folder / "clicks-2026-09.ndjson.gz"
    with gzip.GzipFile(path, "wb", mtime=0) as packed:
        for number in range(CLICKS):
            at = START + timedelta(seconds=int(number / CLICKS * 30 * 86_400))
            event = {
                "at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "visitor": f"v{chance.randrange(9_000):04d}",
                "page": chance.choices(PAGES, [9, 5, 8, 3, 2, 1])[0],
                "ms": int(chance.lognormvariate(5, 0.6)),
                "mobile": chance.random() < 0.6,  # noqa: PLR2004 - six in ten
            }
            line = json.dumps(event)
            packed.write((line[:37] if number in {20_000, 40_000} else line).encode() + b"\n")
    return path


def _customers(folder: Path) -> Path:
    """A table from another system, already Parquet."""
    path = folder / "customers.parquet"
    sql = Path(__file__).with_name("customers.sql").read_text(encoding="utf-8")
    with duckdb.connect() as connection:
        connection.execute("set threads = 1")
        connection.sql(sql).write_parquet(str(path))
    return path
