"""What files would come to is told before anything is written."""

import gzip
import os

import pytest

from headwater.flow.plan import Expected
from headwater.model.cost import AwsEngine
from tests.flow import lakes

TWO = lakes.SALES + "  stock:\n    match: sales/stock-*.csv\n    format: csv\n"


def expected(plan):
    return [each.expected for each in plan.files]


def everything(folder):
    return sorted(path for path in folder.rglob("*") if "sqlite" not in path.name)


def test_files_are_told_apart_by_what_would_become_of_them(lake, incoming):
    lake.ingest("sales", incoming("same.csv", lakes.csv_of("a")))
    lake.ingest("sales", incoming("longer.csv", lakes.csv_of("b")))
    lake.ingest("sales", incoming("other.csv", lakes.csv_of("c")))
    files = [
        incoming("same.csv", lakes.csv_of("a")),
        incoming("longer.csv", lakes.csv_of("b", "bb")),
        incoming("other.csv", lakes.csv_of("d")),
        incoming("new.csv", lakes.csv_of("e")),
    ]

    plan = lake.plan("sales", *files)

    wanted = [Expected.DUPLICATE, Expected.REWRITE, Expected.REWRITE, Expected.NEW]
    assert expected(plan) == wanted
    assert plan.converted == 3


def test_a_large_file_of_the_same_size_is_not_read_to_its_end(lake, incoming):
    body = lakes.csv_of(*(f"id{n}" for n in range(300_000)))
    lake.ingest("sales", incoming("large.csv", body))

    plan = lake.plan("sales", incoming("large.csv", body))

    assert expected(plan) == [Expected.SAME_SIZE]
    assert plan.converted == 1


def test_what_cannot_be_landed_is_named_and_the_rest_is_planned(tmp_path, incoming):
    with lakes.make(tmp_path / "two", TWO) as lake:
        plan = lake.plan(
            "sales",
            incoming("stock-1.csv", lakes.csv_of("a")),
            tmp_path / "nowhere.csv",
            incoming("x/twice.csv", lakes.csv_of("a")),
            incoming("y/twice.csv", lakes.csv_of("b")),
            incoming("good.csv", lakes.csv_of("a")),
        )

    refused = [Expected.UNROUTED, Expected.REFUSED, Expected.TWICE, Expected.TWICE]
    assert expected(plan) == [*refused, Expected.NEW]
    assert "feed stock" in plan.files[0].told
    assert "is not there" in plan.files[1].told
    assert plan.converted == 1


def test_a_plan_writes_nothing_into_the_lake(lake, folder, incoming):
    before = everything(folder)

    lake.plan("sales", incoming("a.csv", lakes.csv_of("a")))

    assert everything(folder) == before
    assert lakes.arrivals_of(lake) == []


def test_files_fall_into_batches_as_they_do_when_they_are_landed(tmp_path, incoming):
    feeds = lakes.SALES + "    batch: {files: 2, bytes: 100kB}\n"
    large = lakes.csv_of(*(f"id{n}" for n in range(9_000)))
    files = [incoming(f"{n}.csv", large if n == 2 else lakes.csv_of(n)) for n in range(5)]

    with lakes.make(tmp_path / "batches", feeds) as lake:
        planned = [batch.files for batch in lake.plan("sales", *files).batches]
        lake.ingest("sales", *files)
        made = [len(receipt.files) for receipt in reversed(lake.receipts())]

    assert planned == made == [2, 1, 2]


def test_what_converts_a_batch_on_aws_goes_by_its_bytes_and_the_feed(tmp_path, incoming):
    file = incoming("a.csv", lakes.csv_of("a"))
    size = file.stat().st_size

    engines = []
    for below in (size, size + 1):
        feeds = f"{lakes.SALES}    lambda_below: {below}\n"
        with lakes.make(tmp_path / str(below), feeds) as lake:
            engines.append(lake.plan("sales", file).batches[0].engine)

    assert engines == [AwsEngine.GLUE, AwsEngine.LAMBDA]


def test_a_run_of_glue_for_little_is_advised_against(tmp_path, incoming):
    with lakes.make(tmp_path / "glue", f"{lakes.SALES}    lambda_below: 0\n") as lake:
        plan = lake.plan("sales", incoming("a.csv", lakes.csv_of("a")))

    assert any("billed at least" in each for each in plan.advice)


def test_many_tiny_files_are_advised_against(lake, incoming):
    files = [incoming(f"{n}.csv", lakes.csv_of(n)) for n in range(100)]

    few, many = lake.plan("sales", *files[:9]), lake.plan("sales", *files)

    assert not any("number of files" in each for each in few.advice)
    assert any("number of files" in each for each in many.advice)


def test_what_a_packed_file_holds_is_estimated(lake, tmp_path):
    body = lakes.csv_of(*(f"id{n}" for n in range(1_000))).encode()
    file = lakes.write(tmp_path / "a.csv.gz", gzip.compress(body))

    plan = lake.plan("sales", file)

    assert plan.bytes_in == file.stat().st_size
    assert plan.bytes_unpacked == len(body)
    assert [(each.format, each.compression) for each in plan.samples] == [("csv", "gzip")]


def test_a_file_that_cannot_be_read_as_the_feed_says_is_told_of(lake, incoming):
    plan = lake.plan("sales", incoming("a.csv", os.urandom(2_000)))

    assert plan.samples[0].told


def test_nothing_costs_nothing(lake, incoming):
    lake.ingest("sales", incoming("a.csv", lakes.csv_of("a")))

    plan = lake.plan("sales", incoming("a.csv", lakes.csv_of("a")))

    assert (plan.batches, plan.cost.nanos, plan.cost.currency) == ((), 0, "USD")


def test_a_plan_comes_near_to_what_the_receipt_says_afterwards(lake, incoming):
    body = lakes.csv_of(*(f"id{n}" for n in range(50_000)))
    file = incoming("a.csv", body)

    plan = lake.plan("sales", file)
    (receipt,) = lake.ingest("sales", file).receipts

    requests = {line.item: line.quantity for line in plan.cost.lines}
    counted = {line.item: line.quantity for line in receipt.cost.lines}
    assert requests.keys() == counted.keys()
    assert requests["s3_put"] == counted["s3_put"]
    assert plan.cost.nanos == pytest.approx(receipt.cost.nanos, rel=0.5)


def test_a_tiny_first_file_does_not_speak_for_large_ones(lake, incoming):
    large = incoming("large.csv", lakes.csv_of(*(f"id{n}" for n in range(100_000))))
    before = lake.plan("sales", large)

    lake.ingest("sales", incoming("tiny.csv", lakes.csv_of("a")))
    after = lake.plan("sales", large)

    assert after.known.batches == 1
    assert after.known.cpu_of_in == before.known.cpu_of_in
    assert after.known.out_of_in == pytest.approx(0.25, rel=0.01)


def test_large_batches_tell_how_long_others_take(lake, incoming):
    body = lakes.csv_of(*(f"id{n}" for n in range(600_000)))
    assert len(body) > 10_000_000
    (receipt,) = lake.ingest("sales", incoming("a.csv", body)).receipts

    known = lake.plan("sales", incoming("b.csv", body)).known

    assert known.cpu_of_in * len(body) == pytest.approx(receipt.cpu_seconds - 0.1)
