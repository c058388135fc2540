"""What every ledger promises about its answers, and about being filled anew."""

from __future__ import annotations

from dataclasses import replace

import pytest

from headwater.errors import HeadwaterError, LedgerError
from headwater.model.arrival import ArrivalState, Cause
from headwater.model.change import Change, ChangeKind
from headwater.model.cost import Cost
from headwater.model.feed import Format
from headwater.model.manifest import ManifestState
from headwater.model.manner import Manner
from headwater.ports.ledger import Brought, Spending, Standing, Upkeep, Work
from tests.contracts.work import (
    DAY,
    NOW,
    RETURNS,
    SALES,
    SECOND,
    arrive,
    claim,
    complete,
    finish,
    limited,
    parts_of,
    receipt_of,
    sighting,
    sightings,
    start,
)

UNKNOWN = "0000000000000"


class QuestionContract:
    def test_what_is_not_there_is_answered_with_none_or_nothing(self, ledger):
        assert ledger.arrival(UNKNOWN) is None
        assert ledger.manifest(UNKNOWN) is None
        assert ledger.receipt(UNKNOWN) is None
        assert ledger.members(UNKNOWN) == []
        assert ledger.arrivals() == []
        assert ledger.arrivals(after=UNKNOWN) == []
        assert ledger.by_raw(["nowhere"]) == {}
        assert ledger.newest("sales", ["nothing"]) == {}
        assert ledger.visible("sales", ["nothing"]) == []
        assert ledger.landed_since("sales", NOW) == []
        assert ledger.manifests() == []
        assert ledger.receipts() == []
        assert list(ledger.parts("nowhere")) == []
        assert ledger.brought("nowhere") == []
        assert ledger.manners("nothing") == []
        assert ledger.spending() == []
        assert ledger.standing() == []

    def test_spending_is_summed_by_feed_month_and_currency(self, ledger):
        for at, (nanos, money, size) in enumerate(
            [(5, "USD", 10), (7, "USD", 20), (11, "EUR", 30), (13, "USD", 40)]
        ):
            held = start(ledger, sighting(f"{at}.csv"))
            receipt = receipt_of(held)
            receipt = replace(
                receipt,
                finished_at=NOW if at < 3 else NOW + 31 * DAY,
                cost=Cost(nanos=nanos, currency=money),
                size_bytes_out=size,
                cpu_seconds=0.5,
            )
            ledger.settle(held, receipt, parts_of(held), receipt.finished_at)

        assert ledger.spent("sales", "2025-04", "USD") == 12
        assert ledger.spent("sales", "2025-05", "USD") == 13
        assert ledger.spent("sales", "2025-04", "CHF") == 0
        assert ledger.spent("returns", "2025-04", "USD") == 0
        every = ledger.spending()
        later = ledger.spending(feed="sales", since="2025-05")

        april = Spending("sales", "2025-04", "USD", 12, 2, 2, every[1].bytes_in, 30, 1.0)
        assert [(each.month, each.currency, each.nanos) for each in every] == [
            ("2025-04", "EUR", 11),
            ("2025-04", "USD", 12),
            ("2025-05", "USD", 13),
        ]
        assert every[1] == april
        assert every[1].bytes_in == 2 * every[0].bytes_in > 0
        assert later == every[2:]
        assert ledger.spending(feed="returns") == []

    def test_what_compactions_took_is_spending_of_its_own_and_counts_once(self, ledger):
        took = Upkeep("c1", "sales", NOW, 30, 20, 0.5, Cost(nanos=7, currency="USD"))
        ledger.upkeep([took, replace(took, attempt="c2", at=NOW + 31 * DAY)])
        ledger.upkeep([took])
        ledger.upkeep([])

        april, may = ledger.spending(feed="sales")

        assert april == Spending(
            "sales", "2025-04", "USD", 7, 1, 0, 30, 20, 0.5, work=Work.COMPACTIONS
        )
        assert may.month == "2025-05"
        assert ledger.spent("sales", "2025-04", "USD") == 7
        assert ledger.spending(since="2025-05") == [may]
        assert ledger.spending(feed="returns") == []

    def test_a_receipt_without_a_cost_has_spent_nothing(self, ledger):
        complete(ledger, sighting())

        assert ledger.spending() == []

    def test_arrivals_come_in_the_order_of_registration_page_by_page(self, ledger):
        registered = arrive(ledger, *(sighting(key) for key in ("e", "a", "d", "b", "c")))

        pages, after = [], None
        while page := ledger.arrivals(after=after, limit=2):
            pages.append(page)
            after = page[-1].id

        assert [len(page) for page in pages] == [2, 2, 1]
        assert [arrival for page in pages for arrival in page] == registered

    def test_arrivals_can_be_narrowed_to_feed_states_and_key(self, ledger):
        [done] = complete(ledger, sighting("a.csv"))
        [rewrite] = arrive(ledger, sighting("a.csv", version="v2"))
        [other] = arrive(ledger, sighting("a.csv", feed="returns"))
        [unrouted] = arrive(ledger, sighting("z.csv", feed=None))

        def ids(**narrow):
            return [arrival.id for arrival in ledger.arrivals(**narrow)]

        assert ids(feed="sales") == [done.id, rewrite.id]
        assert ids(states=[ArrivalState.PENDING]) == [rewrite.id, other.id]
        assert ids(states=[ArrivalState.COMPLETED, ArrivalState.UNROUTED]) == [
            done.id,
            unrouted.id,
        ]
        assert ids(key="a.csv") == [done.id, rewrite.id, other.id]
        assert ids(key="a.csv", feed="sales", states=[ArrivalState.PENDING]) == [rewrite.id]
        assert ids(key="a.csv", after=done.id, limit=1) == [rewrite.id]

    def test_by_raw_answers_the_newest_arrival_of_each_object(self, ledger):
        [first] = complete(ledger, sighting())
        [again] = ledger.replay([first.id], NOW)
        [other] = arrive(ledger, sighting("b.csv"))

        found = ledger.by_raw([first.raw, other.raw, "sales/nowhere.csv"])

        assert found == {first.raw: again, other.raw: other}

    def test_newest_answers_the_greatest_generation_duplicates_aside(self, ledger):
        arrive(ledger, sighting(), sighting("b.csv"), sighting(feed="returns"))
        [second] = arrive(ledger, sighting(version="v2"))
        arrive(ledger, sighting(version="v2", raw="again"))

        found = ledger.newest("sales", ["a.csv", "nothing"])

        assert found == {"a.csv": second}

    def test_landed_since_answers_in_the_order_of_landing_and_then_of_registration(self, ledger):
        late, early, first, second = arrive(
            ledger,
            sighting("late.csv", landed_at=NOW + SECOND),
            sighting("early.csv", landed_at=NOW - SECOND),
            sighting("first.csv", landed_at=NOW),
            sighting("second.csv", landed_at=NOW),
        )

        assert ledger.landed_since("sales", NOW) == [first, second, late]
        assert ledger.landed_since("sales", NOW - SECOND)[0] == early
        assert ledger.landed_since("returns", NOW) == []

    def test_visible_answers_what_is_completed_and_nothing_else(self, ledger):
        [first] = complete(ledger, sighting())
        arrive(ledger, sighting(version="v2"), sighting("b.csv"))

        assert ledger.visible("sales", ["a.csv", "b.csv"]) == [first]
        assert ledger.visible("returns", ["a.csv"]) == []

    def test_manifests_come_in_the_order_they_were_written_down(self, ledger):
        arrive(ledger, *sightings(3), sighting(feed="returns"))
        made = [ledger.batch(limited(files=1), NOW).id for _ in range(3)]
        made.append(ledger.batch(RETURNS, NOW, flush=True).id)
        claim(ledger)

        def ids(**narrow):
            return [manifest.id for manifest in ledger.manifests(**narrow)]

        assert ids() == made
        assert ids(feed="returns") == made[3:]
        assert ids(states=[ManifestState.CLAIMED]) == made[:1]
        assert ids(states=[ManifestState.OPEN], feed="sales") == made[1:3]

    def test_receipts_come_newest_first(self, ledger):
        kept = []
        for number in range(3):
            held = start(ledger, sighting(f"{number}.csv"))
            kept.insert(0, finish(ledger, held, NOW + number * SECOND))

        assert ledger.receipts() == kept
        assert ledger.receipts(limit=2) == kept[:2]
        assert ledger.receipts(feed="returns") == []

    def test_how_files_are_spelled_is_what_the_latest_receipt_says_that_tells(self, ledger):
        semicolon = Manner(Format.CSV, "utf-8", delimiter=";", first="a.csv", files=2)
        tab = Manner(Format.TSV, "utf-8", delimiter="\t", first="b.csv")
        for number, manners in enumerate([(tab,), (semicolon, tab), ()]):
            held = start(ledger, sighting(f"{number}.csv"))
            receipt = replace(receipt_of(held), manners=manners)
            ledger.stage(held, receipt, [])
            ledger.settle(held, receipt, [], NOW + number * SECOND)

        assert ledger.manners("sales") == [semicolon, tab]
        assert ledger.manners("returns") == []

    def test_what_settled_receipts_say_of_columns_comes_in_the_order_of_settling(self, ledger):
        region = Change(ChangeKind.IGNORED, "région", "text", first="a.csv", files=2)
        told = []
        for number, changes in enumerate([(region,), (), (region, region)]):
            held = start(ledger, sighting(f"{number}.csv"))
            receipt = replace(receipt_of(held), version=number, changes=changes)
            ledger.stage(held, receipt, [])
            ledger.settle(held, receipt, [], NOW + number * SECOND)
            told.append(
                Brought("sales", held.manifest.id, number, receipt.finished_at, receipt.changes)
            )
        staged = start(ledger, sighting("staged.csv"))
        ledger.stage(staged, replace(receipt_of(staged), changes=(region,)), [])

        assert ledger.brought("sales_clean") == [told[0], told[2]]
        assert ledger.brought("returns_clean") == []

    def test_parts_of_many_manifests_are_all_there(self, ledger):
        expected = []
        for number in range(3):
            held = start(ledger, sighting(f"{number}.csv"))
            finish(ledger, held)
            expected += parts_of(held)

        found = sorted(ledger.parts("sales_clean"), key=lambda part: part.path)

        assert found == sorted(expected, key=lambda part: part.path)

    def test_standing_counts_each_feed_by_name_and_the_unrouted_last(self, ledger):
        complete(ledger, sighting("done.csv"))
        ledger.release(start(ledger, sighting("retry.csv")), "it failed", NOW + DAY)
        arrive(ledger, sighting("new.csv", landed_at=NOW + SECOND), sighting("newer.csv"))
        arrive(ledger, sighting("lost.csv", feed=None), sighting(feed="returns"))

        returns, sales, unrouted = ledger.standing()

        assert (returns.feed, sales.feed, unrouted.feed) == ("returns", "sales", None)
        assert unrouted.arrivals == {ArrivalState.UNROUTED: 1}
        assert sales == Standing(
            feed="sales",
            arrivals={
                ArrivalState.COMPLETED: 1,
                ArrivalState.PROCESSING: 1,
                ArrivalState.PENDING: 2,
            },
            manifests={ManifestState.COMMITTED: 1, ManifestState.OPEN: 1},
            pending_bytes=200,
            oldest_pending=NOW,
            next_retry=NOW + DAY,
            rows_written=9,
            rows_quarantined=1,
        )

    def test_standing_counts_rows_of_what_is_visible_only(self, ledger):
        complete(ledger, sighting())
        complete(ledger, sighting(version="v2"))
        finish(ledger, start(ledger, sighting("b.csv")), state=ArrivalState.QUARANTINED)

        [sales] = ledger.standing()

        assert (sales.rows_written, sales.rows_quarantined) == (9, 11)


class RebuildContract:
    def test_what_is_loaded_answers_as_what_it_was_taken_from(self, ledger, open_ledger_anew):
        complete(ledger, *sightings(3))
        complete(ledger, sighting("00001.csv", version="v2"))
        refused = start(ledger, sighting("bad.csv"))
        cause = Cause("unreadable", "it is not a CSV file")
        finish(ledger, refused, state=ArrivalState.QUARANTINED, cause=cause)
        arrive(ledger, sighting("later.csv"), sighting("lost.csv", feed=None))

        rebuilt = open_ledger_anew()
        self.copy(ledger, rebuilt)

        assert rebuilt.arrivals() == ledger.arrivals()
        assert rebuilt.manifests() == ledger.manifests()
        assert rebuilt.standing() == ledger.standing()
        assert list(rebuilt.parts("sales_clean")) == list(ledger.parts("sales_clean"))
        assert len(rebuilt.receipts()) == 3
        for manifest in ledger.manifests():
            assert rebuilt.members(manifest.id) == ledger.members(manifest.id)
            assert rebuilt.receipt(manifest.id) == ledger.receipt(manifest.id)

    def test_a_loaded_ledger_goes_on_working(self, ledger, open_ledger_anew):
        complete(ledger, sighting())
        arrive(ledger, sighting(version="v2"))
        rebuilt = open_ledger_anew()
        self.copy(ledger, rebuilt)

        rebuilt.batch(SALES, NOW, flush=True)
        finish(rebuilt, claim(rebuilt))

        states = [arrival.state for arrival in rebuilt.arrivals()]
        assert states == [ArrivalState.SUPERSEDED, ArrivalState.COMPLETED]

    def test_loading_into_a_ledger_that_is_not_empty_is_refused(self, ledger):
        [arrival] = arrive(ledger, sighting())

        with pytest.raises(LedgerError, match="not empty"):
            ledger.load([], [], [])

        assert ledger.arrivals() == [arrival]

    def test_loading_all_or_nothing(self, ledger, open_ledger_anew):
        held = start(ledger)
        [member] = ledger.members(held.manifest.id)
        rebuilt = open_ledger_anew()

        with pytest.raises(HeadwaterError):
            rebuilt.load([member], [(held.manifest, receipt_of(held))] * 2, [])

        assert rebuilt.arrivals() == []

    @staticmethod
    def copy(source, target):
        target.load(
            source.arrivals(),
            [
                (manifest, source.receipt(manifest.id))
                for manifest in source.manifests(states=[ManifestState.COMMITTED])
            ],
            [("sales_clean", "m", part) for part in source.parts("sales_clean")],
        )
