"""The configuration changes while files wait."""

from __future__ import annotations

from tests.flow import lakes
from tests.flow.lakes import claim, csv_of, flush, ids_of, states_of

OTHER = lakes.SALES.replace("sales", "other")


def test_files_of_a_feed_that_was_taken_out_wait_until_it_is_back(folder, incoming):
    with lakes.make(folder) as lake:
        lake.land("sales", incoming("batched.csv", csv_of("1")))
        flush(lake)
        lake.land("sales", incoming("pending.csv", csv_of("2")))
    lakes.configure(folder, OTHER)

    with lakes.open_lake(folder) as lake:
        done = lake.work()

        assert (done.receipts, done.failures) == ([], [])
        assert states_of(lake, "sales/batched.csv") == ["processing"]
        assert states_of(lake, "sales/pending.csv") == ["pending"]
        (waiting,) = [feed for feed in lake.status().feeds if feed.feed == "sales"]
        assert sum(waiting.arrivals.values()) == 2

    lakes.configure(folder, lakes.SALES)
    with lakes.open_lake(folder) as lake:
        lake.work()

        assert ids_of(lake) == ["1", "2"]


def test_a_feed_that_was_taken_out_does_not_hold_up_the_others(folder, incoming):
    with lakes.make(folder, lakes.SALES + OTHER) as lake:
        lake.land("sales", incoming("a.csv", csv_of("1")))
        flush(lake)
        claim(lake)
        lake.land("other", incoming("b.csv", csv_of("2")))
    lakes.configure(folder, OTHER)

    with lakes.open_lake(folder) as lake:
        lake.work()

        assert ids_of(lake, "other") == ["2"]


def test_a_manifest_goes_into_the_table_that_it_was_made_for(folder, incoming):
    with lakes.make(folder) as lake:
        lake.land("sales", incoming("a.csv", csv_of("1")))
        flush(lake)
    lakes.configure(folder, lakes.SALES + "    table: revenue\n")

    with lakes.open_lake(folder) as lake:
        lake.work()
        lake.ingest("sales", incoming("b.csv", csv_of("2")))

        assert ids_of(lake, "sales") == ["1"]
        assert ids_of(lake, "revenue") == ["2"]
        assert lake.verify().findings == ()


def test_another_layout_than_the_tables_is_refused_before_the_work_with_what_to_do(
    folder, incoming
):
    with lakes.make(folder) as lake:
        lake.ingest("sales", incoming("a.csv", csv_of("1")))
    lakes.configure(folder, lakes.SALES.replace("month(day)", "year(day)"))

    with lakes.open_lake(folder) as lake:
        done = lake.ingest("sales", incoming("b.csv", csv_of("2")))

        (failed,) = done.failures
        assert failed.dead
        assert "laid out by month" in failed.error.message
        assert "wants year" in failed.error.message
        assert failed.error.hint
        assert ids_of(lake) == ["1"]

    lakes.configure(folder, lakes.SALES)
    with lakes.open_lake(folder) as lake:
        lake.replay()
        lake.work()

        assert ids_of(lake) == ["1", "2"]


def test_a_file_without_the_tables_partition_column_is_refused_with_a_clear_cause(folder, incoming):
    feeds = "  sales:\n    format: csv\n    partition: [month(day)]\n"
    with lakes.make(folder, feeds) as lake:
        lake.ingest(
            "sales",
            incoming("good.csv", csv_of("1")),
            incoming("without.csv", "id,qty\n2,1\n"),
        )

        assert lake.query("select count(*) from sales").rows() == [(1,)]
        (refused,) = lake.quarantine()
        assert refused.arrival.key == "sales/without.csv"
        assert "day" in refused.cause.message
