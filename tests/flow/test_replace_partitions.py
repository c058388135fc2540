"""Of all files with rows in a partition, those of the last one to land stay."""

from __future__ import annotations

import pytest

from tests.flow import lakes

DAYS = "  sales:\n    mode: replace partitions\n    partition: [day]\n"


def days(**ids):
    rows = [f"{each},2026-01-0{day[1:]}" for day, names in ids.items() for each in names]
    return "\n".join(["id,day", *rows]) + "\n"


def rows(lake):
    found = lake.query("select id, day(day) from sales order by all").rows()
    return "".join(f"{name}{day} " for name, day in found).strip()


def books_of(lake, key):
    files = lakes.story(lake, key).chapters[-1].receipt.files
    (books,) = [each.books for each in files if each.key == key]
    return books


@pytest.fixture
def lake(folder):
    with lakes.make(folder, DAYS) as lake:
        yield lake


def test_a_file_takes_the_place_of_what_lies_in_the_partitions_in_which_it_has_rows(lake, incoming):
    lake.ingest("sales", incoming("a.csv", days(d1="ab", d2="cd")))
    lake.ingest("sales", incoming("b.csv", days(d2="x", d3="y")))

    assert rows(lake) == "a1 b1 x2 y3"
    first = lakes.story(lake, "sales/a.csv").chapters[-1].arrival
    assert lakes.story(lake, "sales/b.csv").chapters[-1].receipt.taken == ((first.id, 2),)
    assert lake.verify().findings == ()


def test_of_one_batch_the_rows_of_the_last_file_stay(lake, incoming):
    lake.land("sales", incoming("a.csv", days(d1="ab", d2="c")), incoming("b.csv", days(d1="x")))
    lake.work()

    assert rows(lake) == "c2 x1"
    assert [books_of(lake, f"sales/{n}.csv").deduplicated for n in "ab"] == [2, 0]
    assert lake.verify().findings == ()


def test_a_file_that_landed_before_loses_though_it_is_committed_after(lake, incoming):
    lake.land("sales", incoming("a.csv", days(d1="ab", d2="c")))
    lakes.flush(lake)
    lake.land("sales", incoming("b.csv", days(d1="x")))
    lakes.flush(lake)
    early, late = lakes.claim(lake), lakes.claim(lake)
    lakes.try_once(lake, late)
    lakes.try_once(lake, early)

    assert rows(lake) == "c2 x1"
    assert books_of(lake, "sales/a.csv").deduplicated == 2
    assert lake.verify().findings == ()


def test_parts_that_go_whole_are_not_written_again(lake, incoming):
    lake.ingest("sales", incoming("a.csv", days(d1="ab", d2="c")))
    lake.ingest("sales", incoming("b.csv", days(d1="x")))

    assert len(lakes.parts_on_disk(lake._world.root)) == 3
    assert rows(lake) == "c2 x1"


def test_a_partition_without_a_value_is_one_too(lake, incoming):
    lake.ingest("sales", incoming("a.csv", "id,day\na,\nb,2026-01-01\n"))
    lake.ingest("sales", incoming("b.csv", "id,day\nx,\n"))

    found = lake.query("select id from sales order by 1").rows()
    assert found == [("b",), ("x",)]
    assert lake.verify().findings == ()


def test_a_correction_gives_up_the_partitions_in_which_it_has_no_rows(lake, incoming):
    lake.ingest("sales", incoming("a.csv", days(d1="ab")))
    lake.ingest("sales", incoming("b.csv", days(d1="x", d2="y")))
    lake.ingest("sales", incoming("b.csv", days(d2="z")))
    assert rows(lake) == "z2"

    lake.replay("sales")
    lake.work()

    assert rows(lake) == "a1 b1 z2"
    assert lake.verify().findings == ()


@pytest.mark.parametrize("as_one", [False, True])
def test_a_replay_of_everything_changes_nothing(lake, incoming, as_one):
    lake.ingest("sales", incoming("a.csv", days(d1="ab", d2="c")))
    lake.ingest("sales", incoming("b.csv", days(d2="x", d3="y")))
    lake.ingest("sales", incoming("c.csv", days(d3="z", d4="w")))
    lake.replay("sales", as_one=as_one)
    lake.work()

    assert rows(lake) == "a1 b1 w4 x2 z3"
    assert lake.verify().findings == ()


def test_steps_say_where_rows_lie(folder, incoming):
    feeds = (
        "  sales:\n    mode: replace partitions\n    partition: [month(at)]\n"
        "    steps:\n      - derive: {at: day + INTERVAL 1 DAY}\n      - filter: id <> 'no'\n"
    )
    with lakes.make(folder, feeds) as lake:
        lake.ingest("sales", incoming("a.csv", "id,day\na,2026-01-31\nb,2026-01-01\n"))
        lake.ingest("sales", incoming("b.csv", "id,day\nx,2026-02-03\nno,2026-01-03\n"))

        assert lake.query("select id from sales order by 1").rows() == [("b",), ("x",)]
        assert lake.verify().findings == ()
