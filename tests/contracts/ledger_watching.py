"""What every ledger promises about periods, events, notifiers and runs of checks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from headwater.model.arrival import Cause
from headwater.model.checks import Action, CheckResult
from headwater.model.event import EventKind, Happening
from headwater.model.standing import Came
from headwater.ports.watching import Halt, Wanted
from tests.contracts.ledger_builds import BUILD
from tests.contracts.work import (
    DAY,
    NOW,
    SECOND,
    arrive,
    claim,
    complete,
    parts_of,
    receipt_of,
    sighting,
    start,
)

MINUTE = timedelta(minutes=1)
TODAY = Wanted(0, 0, NOW, NOW + DAY)


def late(subject="2025-04-02", kind=EventKind.LATE, feed="sales", at=NOW):
    return Happening(feed, subject, kind, at, f"{subject} is {kind}", "look", NOW)


class CameContract:
    """What came in periods."""

    def test_what_landed_in_a_period_is_counted_from_its_start_to_before_its_end(self, ledger):
        arrive(ledger, *(sighting(key, landed_at=at) for key, at in [
            ("a", NOW - SECOND), ("b", NOW), ("c", NOW + DAY - SECOND), ("d", NOW + DAY),
        ]))  # fmt: skip

        came = ledger.came("sales", [TODAY], least=2)

        assert came == {
            (0, 0): Came(2, 2, 0, 0, 200, NOW, NOW + DAY - SECOND),
        }

    def test_patterns_and_periods_are_answered_by_their_numbers_and_what_has_nothing_is_not(
        self, ledger
    ):
        arrive(ledger, *(sighting(key) for key in ("x/a1.csv", "x/b1.csv", "x/y/a2.csv")))
        wanted = [
            Wanted(0, 0, glob="x/a*.csv"),
            Wanted(0, 1, glob="x/c*.csv"),
            Wanted(4, 1, NOW, NOW + DAY, "x/?1.csv"),
            Wanted(5, 0, NOW + DAY, NOW + 2 * DAY),
        ]

        came = ledger.came("sales", wanted)

        assert {place: each.files for place, each in came.items()} == {(0, 0): 1, (4, 1): 2}

    @pytest.mark.parametrize("glob", ["a[1].csv", "a[[]1].csv", "a?.csv", "ä*.csv"])
    def test_only_the_two_wild_cards_are_wild(self, ledger, glob):
        arrive(ledger, *(sighting(key) for key in ("a[1].csv", "a1.csv", "ä2.csv")))

        came = ledger.came("sales", [Wanted(0, 0, glob=glob)])

        found = {"a[1].csv": 1, "a[[]1].csv": 0, "a?.csv": 1, "ä*.csv": 1}[glob]
        assert sum(each.files for each in came.values()) == found

    def test_a_key_counts_once_by_its_newest_version_and_the_time_of_its_first(self, ledger):
        complete(ledger, sighting("a"))
        arrive(ledger, sighting("a", "v2", size_bytes=7, landed_at=NOW + MINUTE))

        came = ledger.came("sales", [TODAY])[0, 0]

        assert (came.files, came.waiting, came.size_bytes) == (1, 1, 7)
        assert came.enough_at == came.first_at == NOW

    def test_rows_are_those_that_were_written(self, ledger):
        complete(ledger, sighting("a"), sighting("b"))

        assert ledger.came("sales", [TODAY])[0, 0].rows == 18

    def test_what_was_given_up_has_not_come(self, ledger):
        held = start(ledger, sighting("a"))
        ledger.bury(held, Cause("x", "y"), NOW)

        came = ledger.came("sales", [TODAY])[0, 0]
        assert (came.files, came.refused, came.first_at, came.enough_at) == (0, 1, None, None)

    def test_another_feed_has_nothing_of_it(self, ledger):
        arrive(ledger, sighting("a"))

        assert ledger.came("returns", [TODAY]) == {}
        assert ledger.first_landed("returns") is None
        assert ledger.first_landed("sales") == NOW

    def test_completed_versions_under_keys_that_landed_are_told_with_their_records(self, ledger):
        (first,) = complete(ledger, sighting("a"))
        assert ledger.landed("sales", NOW, NOW + DAY) == {first.id: 10}

        (second,) = complete(ledger, sighting("a", "v2", landed_at=NOW + 2 * DAY))

        assert ledger.landed("sales", NOW, NOW + DAY) == {second.id: 10}
        assert ledger.landed("sales", NOW + DAY, NOW + 2 * DAY) == {}


class EventContract:
    """Events, and who was told."""

    def told(self, ledger, name="n", now=NOW):
        return ledger.untold(name, now, now + MINUTE)

    def test_what_is_as_it_was_is_no_event(self, ledger):
        assert ledger.record([late(), late("2025-04-03")]) == 2
        assert ledger.record([late(), late(at=NOW + DAY)]) == 0
        assert ledger.record([late(kind=EventKind.MISSING)]) == 1

    def test_nothing_recovers_that_never_stood_badly_and_each_once(self, ledger):
        assert ledger.record([late(kind=EventKind.RECOVERED)]) == 0
        ledger.record([late()])
        assert ledger.record([late(kind=EventKind.RECOVERED)] * 2) == 1
        assert ledger.record([late()]) == 1

    def test_a_notifier_gets_what_is_recorded_after_it_was_met_in_order_and_what_was_before(
        self, ledger
    ):
        ledger.record([late("old")])
        ledger.meet("n")
        ledger.record([late("a"), late("b"), late("a", EventKind.RECOVERED)])

        events = self.told(ledger)

        assert [(each.subject, each.kind, each.was) for each in events] == [
            ("a", "late", None), ("b", "late", None), ("a", "recovered", "late"),
        ]  # fmt: skip
        assert [each.id for each in events] == sorted({each.id for each in events})
        assert (events[0].message, events[0].hint, events[0].since) == ("a is late", "look", NOW)

    def test_while_one_is_telling_nobody_else_gets_them_and_then_somebody_does(self, ledger):
        ledger.meet("n")
        ledger.meet("m")
        ledger.record([late()])

        assert len(self.told(ledger)) == 1
        assert self.told(ledger) == []
        assert len(self.told(ledger, "m")) == 1
        assert len(self.told(ledger, now=NOW + MINUTE)) == 1

    def test_what_was_told_is_not_told_again(self, ledger):
        ledger.meet("n")
        ledger.record([late("a"), late("b")])
        first, second = self.told(ledger)

        ledger.told("n", first.id, NOW)
        assert self.told(ledger) == [second]
        ledger.told("n", second.id, NOW)
        assert self.told(ledger) == []
        ledger.meet("n")
        assert self.told(ledger) == []

    def test_one_that_nobody_met_gets_nothing(self, ledger):
        ledger.record([late()])

        assert self.told(ledger) == []

    def test_who_looked_first_is_kept_and_who_looked_last_never_goes_back(self, ledger):
        assert ledger.watched("sales") is None
        for at in (NOW, NOW + DAY, NOW + MINUTE):
            ledger.watch("sales", at)
        ledger.watch(None, NOW)

        assert ledger.watched("sales") == (NOW, NOW + DAY)
        assert ledger.watched(None) == (NOW, NOW)

    def test_batches_that_refused_something_are_told_until_there_is_an_event(self, ledger):
        (arrival,) = complete(ledger, sighting("a"))

        (batch,) = ledger.refusing_batches(NOW)
        assert (batch.manifest, batch.rows, batch.files) == (arrival.manifest, 1, 0)
        assert ledger.refusing_batches(NOW + SECOND) == []
        ledger.record([late(batch.manifest, EventKind.QUARANTINED)])
        assert ledger.refusing_batches(NOW) == []

    def test_batches_that_were_given_up_are_told_with_the_cause_until_there_is_an_event(
        self, ledger
    ):
        held = start(ledger, sighting("a"))
        ledger.bury(held, Cause("check_failed", "no"), NOW)

        (batch,) = ledger.dead_batches(NOW)
        assert (batch.manifest, batch.code, batch.error) == (held.manifest.id, "check_failed", "no")
        assert ledger.dead_batches(NOW + SECOND) == []
        ledger.record([late(batch.manifest, EventKind.HALTED)])
        assert ledger.dead_batches(NOW) == []


class CheckRunContract:
    """Runs of checks."""

    def run(self, ledger, key, at, **failed):
        held = start(ledger, sighting(key))
        results = tuple(CheckResult(name, Action.WARN, 10, bad) for name, bad in failed.items())
        receipt = replace(receipt_of(held), checks=results)
        ledger.stage(held, receipt, parts_of(held))
        ledger.settle(held, receipt, parts_of(held), at)

    def test_the_last_runs_come_in_their_order_and_those_without_checks_take_no_place(self, ledger):
        self.run(ledger, "a", NOW, x=1)
        self.run(ledger, "b", NOW + SECOND, x=0, y=2)
        complete(ledger, sighting("c"), now=NOW + 2 * SECOND)
        self.run(ledger, "d", NOW + 3 * SECOND, x=3)

        runs = ledger.check_runs("sales", 2)

        assert [(each.check, each.failed, each.at) for each in runs] == [
            ("x", 0, NOW + SECOND), ("y", 2, NOW + SECOND), ("x", 3, NOW + 3 * SECOND),
        ]  # fmt: skip
        assert ledger.check_runs("returns", 2) == []

    def test_a_check_fails_since_its_first_run_behind_the_last_that_held(self, ledger):
        self.run(ledger, "a", NOW, x=1, y=1)
        self.run(ledger, "b", NOW + SECOND, x=0, y=1)
        self.run(ledger, "c", NOW + 2 * SECOND, x=1, y=1, z=0)
        self.run(ledger, "d", NOW + 3 * SECOND, x=1)

        assert ledger.failing_since("sales") == {"x": NOW + 2 * SECOND, "y": NOW}

    def test_what_is_staged_is_no_run(self, ledger):
        held = start(ledger, sighting("a"))
        receipt = replace(receipt_of(held), checks=(CheckResult("x", Action.WARN, 1, 1),))
        ledger.stage(held, receipt, parts_of(held))

        assert ledger.check_runs("sales", 5) == []
        assert ledger.failing_since("sales") == {}
        assert claim(ledger) is None


class WatchingContract(CameContract, EventContract, CheckRunContract):
    """Everything of ports/watching.py."""

    def halted(self, ledger, key, at, **failed):
        held = start(ledger, sighting(key))
        results = tuple(CheckResult(name, Action.HALT, 10, bad) for name, bad in failed.items())
        halt = Halt(held.manifest.feed, held.manifest.id, at, results)
        ledger.halt([halt])
        ledger.bury(held, Cause("check_failed", "no"), at)
        return halt

    def test_a_batch_that_was_halted_is_a_run_and_its_first_word_is_kept(self, ledger):
        self.run(ledger, "a", NOW, x=0)
        halt = self.halted(ledger, "b", NOW + SECOND, x=3, y=0)
        ledger.halt([replace(halt, at=NOW + DAY, checks=())])
        ledger.halt([])

        runs = ledger.check_runs("sales", 2)

        assert [(each.check, each.failed, each.halted, each.at) for each in runs] == [
            ("x", 0, False, NOW), ("x", 3, True, NOW + SECOND), ("y", 0, True, NOW + SECOND),
        ]  # fmt: skip
        assert {each.manifest for each in runs[1:]} == {halt.manifest}
        assert [each.check for each in ledger.check_runs("sales", 1)] == ["x", "y"]
        assert ledger.failing_since("sales") == {"x": NOW + SECOND}

    def test_a_batch_without_arrivals_that_was_halted_is_told_as_such(self, ledger):
        ledger.write_down(BUILD)
        held = claim(ledger)
        ledger.halt([Halt(held.manifest.feed, held.manifest.id, NOW, ())])
        ledger.bury(held, Cause("check_failed", "no"), NOW)

        (batch,) = ledger.dead_batches(NOW - DAY)

        assert (batch.manifest, batch.code) == (held.manifest.id, "check_failed")
