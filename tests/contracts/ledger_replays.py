"""What the ledger promises of replays as one manifest, and of versions that stand apart."""

from __future__ import annotations

from dataclasses import replace

from headwater.model.arrival import ArrivalState, Cause
from headwater.model.manifest import ManifestState
from headwater.ports.ledger import Outcome
from tests.contracts.work import (
    DAY,
    NOW,
    SALES,
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


def apart(version, key="a.csv"):
    return sighting(key, version, apart=True)


def settle_apart(ledger, held):
    """Settle as a feed does whose versions stand apart."""
    receipt = replace(receipt_of(held), apart=True)
    ledger.settle(held, receipt, parts_of(held), NOW)


def complete_apart(ledger, *seen):
    held = start(ledger, *seen)
    settle_apart(ledger, held)
    return ledger.members(held.manifest.id)


def states(ledger, key="a.csv"):
    return [arrival.state.value for arrival in ledger.arrivals(key=key)]


class ReplayContract:
    """Replays as one, and replays of versions that stand apart."""

    def test_a_replay_as_one_is_one_manifest_however_many_files_a_batch_may_have(self, ledger):
        first = complete(ledger, *sightings(5))

        again = ledger.replay([each.id for each in first], NOW, together=limited(files=2))

        (manifest,) = ledger.manifests(states=[ManifestState.OPEN])
        assert manifest.arrivals == tuple(each.id for each in again)
        assert manifest.size_bytes == 500
        assert ledger.members(manifest.id) == again
        assert {each.state for each in again} == {ArrivalState.PROCESSING}
        assert claim(ledger).manifest.id == manifest.id

    def test_a_replay_as_one_of_nothing_makes_no_manifest(self, ledger):
        [pending] = arrive(ledger, sighting())

        assert ledger.replay([pending.id], NOW, together=SALES) == []
        assert ledger.manifests() == []

    def test_a_replay_as_one_is_not_started_twice(self, ledger):
        [first] = complete(ledger, sighting())
        ledger.replay([first.id], NOW, together=SALES)

        assert ledger.replay([first.id], NOW, together=SALES) == []

    def test_what_waits_is_not_passed_by_a_batch_while_a_replay_as_one_reads_its_key(self, ledger):
        [first] = complete(ledger, sighting())
        ledger.replay([first.id], NOW, together=SALES)
        arrive(ledger, sighting(version="v2"))

        assert ledger.batch(SALES, NOW, flush=True) is None

    def test_standing_counts_what_is_read_again_and_does_not_call_it_late(self, ledger):
        first = complete(ledger, sighting("a.csv"), sighting("b.csv"))
        ledger.replay([first[0].id], NOW + DAY)
        ledger.replay([first[1].id], NOW + DAY, together=SALES)

        [standing] = ledger.standing()

        assert (standing.replaying, standing.oldest_pending) == (2, None)

    def test_versions_that_stand_apart_both_wait_and_are_read_one_after_the_other(self, ledger):
        answers = ledger.register([apart("v1"), apart("v2")])

        first = ledger.batch(SALES, NOW, flush=True)
        second = ledger.batch(SALES, NOW, flush=True)

        assert [each.outcome for each in answers] == [Outcome.NEW, Outcome.REWRITE]
        assert (first.arrivals, second) == ((answers[0].arrival.id,), None)
        settle_apart(ledger, claim(ledger))
        assert ledger.batch(SALES, NOW, flush=True).arrivals == (answers[1].arrival.id,)

    def test_any_version_that_stands_apart_is_known_when_it_comes_again(self, ledger):
        complete_apart(ledger, apart("v1"))
        complete_apart(ledger, apart("v2"))

        [answer] = ledger.register([replace(apart("v1"), raw="sales/again/a.csv")])

        assert answer.outcome is Outcome.DUPLICATE

    def test_a_version_that_stands_apart_supersedes_none(self, ledger):
        for version in ("v1", "v2"):
            complete_apart(ledger, apart(version))

        assert states(ledger) == ["completed", "completed"]

    def test_a_replay_of_a_version_that_stands_apart_supersedes_that_version_only(self, ledger):
        [first] = complete_apart(ledger, apart("v1"))
        complete_apart(ledger, apart("v2"))

        [again] = ledger.replay([first.id], NOW, apart=True)
        ledger.batch(SALES, NOW, flush=True)
        settle_apart(ledger, claim(ledger))

        assert again.generation == 3
        assert states(ledger) == ["superseded", "completed", "completed"]
        assert [each.generation for each in ledger.latest("sales", ["a.csv"])] == [2, 3]

    def test_versions_of_one_object_that_stand_apart_are_replayed_as_one(self, ledger):
        first = [
            complete_apart(ledger, replace(apart(version), raw="a"))[0] for version in ("v1", "v2")
        ]

        again = ledger.replay([each.id for each in first], NOW, apart=True, together=SALES)

        assert [each.generation for each in again] == [3, 4]
        assert ledger.by_raw(["a"]) == {"a": again[-1]}

    def test_what_was_refused_of_a_version_that_stands_apart_stays_refused(self, ledger):
        finish(
            ledger,
            start(ledger, apart("v1")),
            state=ArrivalState.QUARANTINED,
            cause=Cause("unreadable", "it is not a CSV file"),
        )
        complete_apart(ledger, apart("v2"))

        assert states(ledger) == ["quarantined", "completed"]
