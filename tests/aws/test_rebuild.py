"""A ledger on DynamoDB is made anew in an empty table, and in no other."""

from __future__ import annotations

import pytest

import headwater
from headwater.adapters.aws.ledger import create_table
from headwater.adapters.aws.queue import create_queue
from headwater.errors import LedgerError

FEEDS = "feeds:\n  sales: {schema: {id: bigint not null}}\nmodels:\n  total: {sql: SELECT}\n"
TOTAL = "select count(*) as ids from sales"


@pytest.fixture
def place(as_aws, tmp_path):
    bucket = as_aws.bucket()
    create_table(as_aws.client("dynamodb"), bucket)
    create_queue(bucket)
    text = f"lake: s3://{bucket}/lake\nledger: dynamodb://{bucket}\nqueue: sqs://{bucket}\n"
    (tmp_path / "headwater.yaml").write_text(text + FEEDS.replace("SELECT", TOTAL))
    return bucket


@pytest.fixture
def lake(place, tmp_path):
    with headwater.open(tmp_path) as lake:
        yield lake


@pytest.fixture
def lose_ledger(place, as_aws):
    def lose():
        dynamo = as_aws.client("dynamodb")
        dynamo.delete_table(TableName=place)
        dynamo.get_waiter("table_not_exists").wait(TableName=place)
        create_table(dynamo, place)

    return lose


def land(lake, folder, name, text):
    (folder / name).write_text(text)
    lake.land("sales", folder / name)


def known(lake):
    ledger = lake._world.ledger
    told = [(a.id, a.raw, a.version, a.generation, a.state) for a in ledger.arrivals()]
    books = [(r.manifest, r.books, [f.arrival for f in r.files]) for r in lake.receipts()]
    return sorted(told), sorted(books, key=repr)


def test_one_that_is_in_use_is_left_alone_with_the_work_that_goes_on(lake, place, tmp_path):
    land(lake, tmp_path, "a.csv", "id\n1\n")
    [due] = [each for each in lake.dispatch(flush=True) if each.feed == "sales"]

    with pytest.raises(LedgerError, match=f"table {place} is not empty") as refused:
        lake.rebuild()

    assert "have Terraform replace it" in refused.value.hint
    assert lake.convert(due.manifest).state == "committed"
    assert not (tmp_path / ".headwater" / "ledger.sqlite").exists()


def test_an_empty_one_is_filled_and_says_the_same(lake, tmp_path, lose_ledger):
    land(lake, tmp_path, "a.csv", "id\n1\n2\nx\n")
    lake.work(until_idle=True)
    land(lake, tmp_path, "a.csv", "id\n1\n2\n3\n")
    lake.work(until_idle=True)
    before, rows = known(lake), sorted(lake.query("select id from sales").rows())
    lose_ledger()

    rebuilt = lake.rebuild()

    assert rebuilt.arrivals == 2
    assert known(lake) == before
    land(lake, tmp_path, "b.csv", "id\n4\n")
    lake.work(until_idle=True)
    assert sorted(lake.query("select id from sales").rows()) == [*rows, (4,)]
    assert lake.query("select ids from total").rows() == [(4,)]
    assert lake.verify().findings == ()


def test_until_it_is_filled_nothing_is_begun(lake, tmp_path, lose_ledger):
    land(lake, tmp_path, "a.csv", "id\n1\n")
    lake.work(until_idle=True)
    lose_ledger()

    for begin in (lake.dispatch, lambda: lake.arrive([]), lake.reconcile):
        with pytest.raises(LedgerError, match="the ledger is empty"):
            begin()
