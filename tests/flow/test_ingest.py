"""Files of every kind become tables whose books balance, counted by other means."""

from __future__ import annotations

import csv
import gzip
import json
from decimal import Decimal

import duckdb
import pytest

from tests.flow import lakes
from tests.flow.lakes import ids_of, log_of, parts_on_disk

FEEDS = """\
  sales:
    format: csv
    schema: {id: text not null, day: date, qty: bigint, price: 'decimal(12,2)'}
    partition: [year(day), month(day)]
  clicks:
    format: ndjson
    schema: {id: text not null, at: timestamp, n: bigint}
    partition: [day(at)]
  stock:
    format: parquet
    partition: [region]
"""


@pytest.fixture
def lake(folder):
    with lakes.make(folder, FEEDS) as lake:
        yield lake


def dirty_csv():
    rows = [
        (f"s{n}", f"2026-{n % 12 + 1:02d}-03", str(n), f"{n}.50") if n % 7 else
        (f"s{n}", "some day", "many", "1.00")
        for n in range(500)
    ]  # fmt: skip
    lines = ["id,day,qty,price", *(",".join(row) for row in rows)]
    lines.insert(100, "ragged,2026-01-01")
    return "\n".join(lines) + "\n"


def good_rows(text):
    """What the csv module and plain Python make of it."""
    good = []
    for row in csv.DictReader(text.splitlines()):
        if row["price"] is None or not row["qty"].isdigit():
            continue
        good.append((row["id"], row["day"], int(row["qty"]), Decimal(row["price"])))
    return sorted(good)


def test_every_good_row_of_a_dirty_csv_is_in_the_table_and_every_other_in_quarantine(
    lake, incoming
):
    text = dirty_csv()
    good = good_rows(text)

    (receipt,) = lake.ingest("sales", incoming("orders.csv", text)).receipts

    sql = "select id, day::varchar, qty, price from sales order by id"
    assert lake.query(sql).rows() == good
    books = receipt.books
    assert books.balanced
    assert (books.counted, books.written) == (len(text.splitlines()) - 1, len(good))
    refused = lake.refused_rows(limit=1_000)
    assert len(refused) == books.quarantined == books.counted - len(good)
    lines = text.splitlines()
    assert all(lines[row.line - 1] == row.raw for row in refused)


def test_parts_lie_in_folders_that_name_their_partition(lake, folder, incoming):
    lake.ingest("sales", incoming("orders.csv", dirty_csv()))

    assert {path.rpartition("/")[0] for path in parts_on_disk(folder)} == {
        f"year=2026/month={month:02d}" for month in range(1, 13)
    }
    assert lake.query("select sum(qty) from sales where month = 3").rows() == (
        lake.query("select sum(qty) from sales where month(day) = 3").rows()
    )


def test_a_gzipped_ndjson_file_with_malformed_lines_balances(lake, incoming):
    lines = [json.dumps({"id": f"c{n}", "at": "2026-05-01T10:00:00Z", "n": n}) for n in range(90)]
    lines[10] = lines[10][:-5]
    lines[20] = lines[20].replace("20}", '"twenty"}')
    packed = gzip.compress("\n".join(lines).encode())

    (receipt,) = lake.ingest("clicks", incoming("c.ndjson.gz", packed)).receipts

    assert (receipt.books.counted, receipt.books.written, receipt.books.quarantined) == (90, 88, 2)
    assert receipt.books.balanced
    assert sum(row[0] for row in lake.query("select n from clicks").rows()) == sum(range(90)) - 30
    assert sorted(row.line for row in lake.refused_rows()) == [11, 21]


def test_a_parquet_file_keeps_its_types_and_is_partitioned_by_a_column(lake, folder, incoming):
    path = incoming("stock.parquet", b"")
    duckdb.execute(
        "copy (select i as id, ['north', 'south'][i % 2 + 1] as region, i::decimal(9,3) as amount "
        f"from range(1000) t(i)) to '{path}'"
    )

    (receipt,) = lake.ingest("stock", path).receipts

    assert (receipt.books.counted, receipt.books.written) == (1_000, 1_000)
    answer = lake.query("select region, count(*), sum(amount) from stock group by 1 order by 1")
    assert answer.rows() == [
        ("north", 500, Decimal("249500.000")),
        ("south", 500, Decimal("250000.000")),
    ]
    assert {path.split("/")[0] for path in parts_on_disk(folder, "stock")} == {
        "region=north",
        "region=south",
    }


def test_many_files_of_a_batch_are_one_commit_and_each_has_books_of_its_own(lake, folder, incoming):
    files = [incoming(f"{n}.csv", f"id,day,qty,price\nx{n},2026-01-01,1,1\n") for n in range(20)]

    (receipt,) = lake.ingest("sales", *files).receipts

    assert [file.books.written for file in receipt.files] == [1] * 20
    commits = [entry for entry in log_of(folder) if any("add" in action for action in entry)]
    assert len(commits) == 1
    assert len(ids_of(lake)) == 20


def test_an_empty_file_is_taken_and_writes_nothing(lake, incoming):
    done = lake.ingest("sales", incoming("empty.csv", ""), incoming("one.csv", dirty_csv()))

    assert all(arrival.settled for arrival in done.arrivals)
    assert lake.verify().holds
    assert lake.query("select count(*) from sales").rows() == [(len(good_rows(dirty_csv())),)]


def test_a_lake_after_all_this_has_nothing_to_find(lake, incoming):
    lake.ingest("sales", incoming("orders.csv", dirty_csv()))
    lake.ingest("clicks", incoming("c.ndjson", '{"id":"a","at":"2026-05-01T10:00:00Z","n":1}\n'))

    verdict = lake.verify()

    assert verdict.findings == ()
    assert verdict.garbage == 0
