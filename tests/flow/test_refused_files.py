"""A bad file never stops its neighbours, not even one that ends whoever reads it."""

from __future__ import annotations

import pytest

from tests.flow import lakes
from tests.flow.lakes import csv_of, ids_of, states_of

ANY = "  sales: {table: sales}\n"


def arrival_of(lake, key):
    return lakes.story(lake, key).chapters[-1].arrival


def test_a_file_that_cannot_be_read_is_refused_whole_with_a_reason(folder, incoming):
    with lakes.make(folder, ANY) as lake:
        good = incoming("good.csv", csv_of("1", "2"))
        bad = incoming("bad.parquet", b"PAR1" + bytes(90) + b"PAR1")

        done = lake.ingest("sales", good, bad)

        assert ids_of(lake) == [1, 2]
        assert done.refused_anything
        refused = arrival_of(lake, "sales/bad.parquet")
        assert refused.state.value == "quarantined"
        assert refused.cause is not None
        assert refused.cause.code
        assert refused.cause.message
        assert [file.arrival.key for file in lake.quarantine()] == ["sales/bad.parquet"]
        assert (folder / "raw" / "sales" / "bad.parquet").read_bytes() == bad.read_bytes()
        assert lake.verify().findings == ()


def test_a_damaged_gzip_is_refused_whole_and_its_neighbour_goes_on(folder, incoming):
    import gzip

    packed = bytearray(gzip.compress(csv_of(*range(5_000)).encode()))
    packed[-6] ^= 1  # in the checksum
    with lakes.make(folder, ANY) as lake:
        lake.ingest("sales", incoming("bad.csv.gz", bytes(packed)), incoming("a.csv", csv_of("1")))

        assert lake.query("select count(*) from sales").rows() == [(1,)]
        assert arrival_of(lake, "sales/bad.csv.gz").state.value == "quarantined"


def test_a_file_with_too_many_bad_rows_is_refused_whole(folder, incoming):
    with lakes.make(folder, lakes.SALES + "    max_bad: 1\n") as lake:
        lake.ingest(
            "sales",
            incoming("bad.csv", csv_of("1") + "2,soon,1\n3,soon,1\n"),
            incoming("good.csv", csv_of("4") + "5,soon,1\n"),
        )

        assert ids_of(lake) == ["4"]
        assert arrival_of(lake, "sales/bad.csv").cause.code == "too_many_bad"
        assert lake.verify().findings == ()


@pytest.fixture
def poison(monkeypatch, incoming):
    """A file that ends the engine's child whenever it is read: it dies of refused rows."""
    monkeypatch.setenv("HEADWATER_CRASH", "rejects.written:1")
    return incoming("poison.csv", csv_of("1") + "2,soon,1\n")


def test_a_file_that_ends_the_engine_is_isolated_after_its_second_death(lake, incoming, poison):
    lake.land("sales", *(incoming(f"{n}.csv", csv_of(f"r{n}")) for n in range(4)), poison)

    done = lake.work()

    assert [(failed.error.code, failed.dead) for failed in done.failures] == [
        ("engine_died", False)
    ]
    assert ids_of(lake) == ["r0", "r1", "r2", "r3"]
    refused = arrival_of(lake, "sales/poison.csv")
    assert (refused.state.value, refused.cause.code) == ("quarantined", "engine_died")
    (receipt,) = done.receipts
    assert "one file at a time" in receipt.engine
    assert lake.verify().findings == ()


@pytest.mark.parametrize("retries", ["{attempts: 1}", "{attempts: 5}"])
def test_its_neighbours_get_their_try_without_it_however_few_attempts_are_left(
    folder, incoming, poison, retries
):
    with lakes.make(folder, lakes.SALES + f"    retries: {retries}\n") as lake:
        lake.land("sales", incoming("good.csv", csv_of("g")), poison)

        lake.work()

        assert ids_of(lake) == ["g"]
        assert states_of(lake, "sales/poison.csv") == ["quarantined"]


def test_a_poison_file_alone_in_its_batch_is_refused_too(lake, poison):
    lake.land("sales", poison)

    lake.work()

    assert states_of(lake, "sales/poison.csv") == ["quarantined"]


def test_a_poison_file_is_read_once_it_is_none_any_more(lake, poison, monkeypatch):
    lake.land("sales", poison)
    lake.work()
    monkeypatch.delenv("HEADWATER_CRASH")

    lake.replay()
    lake.work()

    assert ids_of(lake) == ["1"]
    assert states_of(lake, "sales/poison.csv") == ["superseded", "completed"]
    assert lake.verify().findings == ()


def test_a_child_that_is_killed_once_costs_nobody_anything(lake, incoming, monkeypatch, tmp_path):
    token = tmp_path / "token"
    token.touch()
    monkeypatch.setenv("HEADWATER_CRASH", f"part.closed:1:{token}")

    done = lake.ingest("sales", incoming("a.csv", csv_of("1")), incoming("b.csv", csv_of("2")))

    assert [failed.dead for failed in done.failures] == [False]
    assert ids_of(lake) == ["1", "2"]
    assert lake.quarantine() == []


@pytest.mark.parametrize("first", ["good.csv", "bad.csv"])
@pytest.mark.parametrize(
    "more",
    ["", ", steps: [filter: qty > 0]", ", batch: {files: 1000, bytes: 40B}"],
    ids=["plain", "steps", "turns"],
)
def test_a_file_without_dates_does_not_keep_its_neighbours_out_of_partitions_of_days(
    folder, incoming, first, more
):
    with lakes.make(folder, f"  sales: {{partition: [month(day)], max_bad: 50%{more}}}\n") as lake:
        texts = {
            "good.csv": csv_of("1", "2"),
            "bad.csv": csv_of("3") + "4,soon,1\n5,later,1\n",
            "other.csv": csv_of("6", month=2),
        }
        names = sorted(texts, key=lambda name: name != first)
        for name in names:
            lake.land("sales", incoming(name, texts[name]))
        lake.work(until_idle=True)

        assert ids_of(lake) == [1, 2, 6]
        assert [file.arrival.key for file in lake.quarantine()] == ["sales/bad.csv"]
        assert lake.verify().findings == ()


def test_files_that_all_lack_dates_are_all_refused_for_that(folder, incoming):
    with lakes.make(folder, "  sales: {partition: [month(day)]}\n") as lake:
        files = [incoming(f"{n}.csv", f"id,day\n{n},soon\n") for n in range(3)]

        lake.ingest("sales", *files)

        causes = [file.arrival.cause for file in lake.quarantine()]
        assert [cause.code for cause in causes] == ["undated"] * 3
        assert "declare its type" in causes[0].message


def test_files_without_dates_leave_no_column_behind_that_keeps_later_ones_out(folder, incoming):
    with lakes.make(folder, "  sales: {partition: [month(day)]}\n") as lake:
        lake.ingest("sales", incoming("bad.csv", "id,day,qty\n9,soon,1\n"))

        lake.ingest("sales", incoming("good.csv", csv_of("1", "2")))

        assert ids_of(lake) == [1, 2]
        assert [file.arrival.key for file in lake.quarantine()] == ["sales/bad.csv"]
        assert lake.verify().findings == ()


RUINED = {
    "csv": ("id,amount,extra\n1,abc,x\n2,x,y,z,4\n3,1\n4\n", "id,amount\n6,1.50\n"),
    "json": (
        '{"id":1,"amount":"abc","extra":1}\n{"id":2,}\n{"id":\n',
        '{"id":6,"amount":1.5}\n',
    ),
}


@pytest.mark.parametrize("kind", RUINED)
@pytest.mark.parametrize("together", [True, False], ids=["together", "one after the other"])
@pytest.mark.parametrize("more", ["", ", steps: [filter: id > 0]"], ids=["plain", "steps"])
def test_a_file_that_is_refused_whole_brings_the_table_no_columns(
    folder, incoming, kind, together, more
):
    bad, good = (incoming(f"{n}.{kind}", text) for n, text in enumerate(RUINED[kind]))
    with lakes.make(folder, f"  sales: {{max_bad: 20%{more}}}\n") as lake:
        for files in [(bad, good)] if together else [(bad,), (good,)]:
            lake.ingest("sales", *files)

        answer = lake.query("select * exclude (_arrival) from sales")
        [(number, amount)] = answer.rows()
        assert (number, float(amount), isinstance(amount, str)) == (6, 1.5, False)
        assert [file.arrival.key for file in lake.quarantine()] == [f"sales/0.{kind}"]
        assert any(row.line for row in lake.refused_rows(feed="sales"))
        assert lake.verify().findings == ()
