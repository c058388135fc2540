"""Feeds with steps and checks in a lake: exactly once, whatever happens around them."""

from __future__ import annotations

import pytest

from headwater.errors import CommitConflict
from headwater.flow.convert import convert
from tests.flow import lakes

SALES = """\
  customers: {}
  sales:
    steps:
      - rename: {cust: customer_id}
      - filter: amount >= 0
      - join: {table: customers, on: {customer_id: id}, take: [segment]}
      - dedupe: {by: order_id, across: table}
    checks:
      - {range: {amount: [0, 100]}, action: warn, name: usual amounts}
"""
CUSTOMERS = "id,segment\n1,gold\n2,tin\n"
FIRST = "order_id,cust,amount\nA,1,5\nB,2,-1\nC,9,200\n"


@pytest.fixture
def shop(folder, incoming):
    with lakes.make(folder, SALES) as lake:
        lake.ingest("customers", incoming("c.csv", CUSTOMERS))
        yield lake


def rows(lake, sql="select order_id, segment from sales order by 1"):
    return lake.query(sql).rows()


def test_rows_go_through_steps_and_the_receipt_tells_of_each(shop, incoming):
    shop.ingest("sales", incoming("s.csv", FIRST))

    assert rows(shop) == [("A", "gold"), ("C", None)]
    receipt = shop.explain("sales/s.csv")[0].chapters[-1].receipt
    assert (receipt.books.counted, receipt.books.written, receipt.books.filtered) == (3, 2, 1)
    assert [(each.name, each.examined, each.failed) for each in receipt.checks] == [
        ("usual amounts", 2, 1)
    ]
    assert receipt.source.names() == ("order_id", "cust", "amount")
    assert shop.verify().findings == ()


def test_a_key_that_the_table_has_is_left_out_of_later_files(shop, incoming):
    shop.ingest("sales", incoming("s.csv", FIRST))
    shop.ingest("sales", incoming("t.csv", "order_id,cust,amount\nA,1,7\nD,2,8\n"))

    assert rows(shop) == [("A", "gold"), ("C", None), ("D", "tin")]
    assert shop.verify().findings == ()


def test_a_corrected_file_replaces_its_rows_though_their_keys_are_in_the_table(shop, incoming):
    shop.ingest("sales", incoming("s.csv", FIRST))
    shop.ingest("sales", incoming("s.csv", "order_id,cust,amount\nA,2,6\nE,1,1\n"))

    assert rows(shop) == [("A", "tin"), ("E", "gold")]
    assert shop.verify().findings == ()


def test_two_workers_that_bring_one_key_at_once_bring_it_once(shop, incoming, monkeypatch):
    """The slower one saw a table without the other's rows: it has to look again."""
    shop.land("sales", incoming("s.csv", FIRST))
    lakes.flush(shop)
    shop.land("sales", incoming("t.csv", "order_id,cust,amount\nA,1,7\nD,2,8\n"))
    lakes.flush(shop)
    slow, quick = lakes.claim(shop, "slow"), lakes.claim(shop, "quick")
    whole = convert

    def overtaken(*args, **more):
        made = whole(*args, **more)
        monkeypatch.undo()
        assert lakes.try_once(shop, quick).books.written == 2
        return made

    monkeypatch.setattr("headwater.flow.attempt.convert", overtaken)
    failed = lakes.try_once(shop, slow)

    assert isinstance(failed.error, CommitConflict)
    shop.work()
    assert [row[0] for row in rows(shop)] == ["A", "C", "D"]
    assert shop.verify().findings == ()


def test_a_missing_secret_is_named_and_nothing_is_written_without_it(folder, incoming):
    feeds = """\
  people:
    steps:
      - protect: {columns: email, by: hash, secret: NO_SUCH_SALT}
"""
    with lakes.make(folder, feeds) as lake:
        lake.ingest("people", incoming("p.csv", "id,email\n1,a@x.de\n"))

        (given_up,) = lake.quarantine()
        assert "NO_SUCH_SALT, which is not set" in given_up.cause.message
        assert "people" not in [table.name for table in lake.tables()]


def test_personal_data_that_steps_protect_are_in_no_part(folder, incoming, monkeypatch):
    monkeypatch.setenv("SALT", "pepper")
    feeds = """\
  people:
    steps:
      - protect: {columns: email, by: token, secret: SALT}
"""
    with lakes.make(folder, feeds) as lake:
        lake.ingest("people", incoming("p.csv", "id,email\n1,ann@example.org\n"))

    for path in folder.rglob("*"):
        if path.is_file() and "raw" not in path.parts:
            content = path.read_bytes()
            assert b"pepper" not in content
            assert b"ann@example.org" not in content


def test_a_table_to_look_into_that_is_not_there_yet_is_named(folder, incoming):
    with lakes.make(folder, SALES) as lake:
        lake.ingest("sales", incoming("s.csv", FIRST))

        (given_up,) = lake.quarantine()
        assert "looks into table customers, which is not there yet" in given_up.cause.message


def test_a_check_that_halts_gives_the_batch_up_and_a_replay_after_the_fix_brings_it(
    folder, incoming
):
    feeds = "  sales:\n    checks:\n      - {not_null: cust, action: halt}\n"
    with lakes.make(folder, feeds) as lake:
        lake.ingest("sales", incoming("s.csv", "id,cust\n1,\n2,a\n"))
        assert [each.cause.code for each in lake.quarantine()] == ["check_failed"]
    with lakes.make(folder, feeds.replace("halt", "warn")) as lake:
        lake.replay()
        lake.work()

        assert rows(lake, "select id from sales order by 1") == [(1,), (2,)]
        assert lake.verify().findings == ()


def test_one_file_at_a_time_still_leaves_one_row_of_each_key(folder, incoming):
    """Where the engine failed on a batch, its files are tried singly: no key may come twice."""
    with lakes.make(folder, "  sales:\n    steps:\n      - dedupe: {by: id}\n") as lake:
        lake.land("sales", incoming("a.csv", "id,n\n1,1\n"), incoming("b.csv", "id,n\n1,2\n2,2\n"))
        lakes.flush(lake)
        first = lakes.claim(lake)
        lake._world.ledger.release(first, "engine: it failed", lake._world.clock())
        lake.work()

        assert rows(lake, "select id, n from sales order by 1") == [(1, 1), (2, 2)]
        assert lake.verify().findings == ()


def test_what_is_declared_is_of_the_files_and_not_of_the_table_behind_steps(folder, incoming):
    feeds = """\
  sales:
    schema: {id: text, day: text}
    steps:
      - parse: {column: day, formats: '%d.%m.%Y', as: date}
"""
    with lakes.make(folder, feeds) as lake:
        lake.ingest("sales", incoming("s.csv", "id,day\n1,01.02.2026\n"))
        lake.ingest("sales", incoming("s.csv", "id,day\n1,02.02.2026\n"))

        assert rows(lake, "select id, day::text from sales") == [("1", "2026-02-02")]
        assert lake.verify().findings == ()


def test_columns_that_steps_made_are_said_to_be_theirs(shop, incoming):
    shop.ingest("sales", incoming("s.csv", FIRST))

    origins = {each.name: each.origin.value for each in shop.schema("sales").columns}
    assert origins == {
        "order_id": "inferred",
        "amount": "inferred",
        "customer_id": "steps",
        "segment": "steps",
        "_arrival": "provenance",
    }


def test_a_new_column_of_files_waits_for_a_decision_and_those_of_steps_do_not(folder, incoming):
    feeds = SALES.replace("  sales:\n", "  sales:\n    on_new_column: fail\n")
    with lakes.make(folder, feeds) as lake:
        lake.ingest("customers", incoming("c.csv", CUSTOMERS))
        lake.ingest("sales", incoming("s.csv", FIRST))
        assert lake.schema("sales").waiting == ()

        lake.ingest("sales", incoming("t.csv", "order_id,cust,amount,shop\nZ,1,1,north\n"))

        assert [each.column for each in lake.schema("sales").waiting] == ["shop"]


def test_a_file_of_which_no_row_can_be_read_is_quarantined_and_not_given_up(folder, incoming):
    feeds = (
        "  sales:\n    format: csv\n    schema: {id: text, qty: bigint}\n"
        "    steps:\n      - filter: qty <> 13\n"
    )
    with lakes.make(folder, feeds) as lake:
        lake.land("sales", incoming("a.csv", "id,qty\nx,many\n"))

        (receipt,) = lake.work().receipts

        assert (receipt.books.counted, receipt.books.quarantined) == (1, 1)
