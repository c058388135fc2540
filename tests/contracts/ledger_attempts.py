"""What every ledger promises about claims, leases and how work ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from headwater.errors import IllegalMove, LeaseLost, LedgerError
from headwater.model.arrival import ArrivalState, Cause
from headwater.model.manifest import Claim, ManifestState
from headwater.model.receipt import Books
from tests.contracts.work import (
    DAY,
    LEASE,
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

CAUSE = Cause("engine_died", "the child ended without an answer")


class ClaimContract:
    def test_without_work_there_is_no_claim(self, ledger):
        assert claim(ledger) is None

    def test_a_claim_hands_out_the_manifest_as_it_is_from_then_on(self, ledger):
        arrive(ledger, *sightings(2))
        manifest = ledger.batch(SALES, NOW, flush=True)

        held = claim(ledger)

        assert held == Claim(
            replace(
                manifest,
                state=ManifestState.CLAIMED,
                attempt=1,
                worker="w1",
                lease_until=NOW + LEASE,
            ),
            1,
            "w1",
        )
        assert ledger.manifest(manifest.id) == held.manifest

    def test_a_claimed_manifest_cannot_be_claimed_while_the_lease_runs(self, ledger):
        start(ledger)

        assert claim(ledger, NOW + LEASE - timedelta(microseconds=1), "w2") is None

    def test_the_oldest_manifest_is_claimed_first(self, ledger):
        arrive(ledger, *sightings(3))
        made = [ledger.batch(limited(files=1), NOW).id for _ in range(3)]

        assert [claim(ledger).manifest.id for _ in range(3)] == made

    def test_a_claim_passes_over_what_it_is_told_to_leave(self, ledger):
        arrive(ledger, *sightings(2))
        first, second = (ledger.batch(limited(files=1), NOW, flush=True) for _ in range(2))

        assert claim(ledger, besides=[first.id, second.id]) is None
        assert claim(ledger, besides=[first.id]).manifest.id == second.id
        assert claim(ledger).manifest.id == first.id

    def test_a_claim_of_one_manifest_takes_no_other_and_only_when_it_may_be_taken(self, ledger):
        arrive(ledger, *sightings(2))
        first, second = (ledger.batch(limited(files=1), NOW, flush=True) for _ in range(2))

        held = claim(ledger, only=second.id)
        assert held.manifest.id == second.id
        assert claim(ledger, only=second.id) is None
        assert claim(ledger, only="m0") is None
        assert claim(ledger, only=first.id, feeds=["returns"]) is None
        assert claim(ledger, only=first.id, besides=[first.id]) is None

        again = claim(ledger, NOW + LEASE, only=second.id)
        assert (again.manifest.id, again.attempt) == (second.id, held.attempt + 1)
        ledger.release(again, "it failed", NOW + DAY)
        assert claim(ledger, NOW + LEASE, only=second.id) is None
        finish(ledger, claim(ledger, NOW + DAY, only=second.id))
        assert claim(ledger, NOW + 2 * DAY, only=second.id) is None
        assert claim(ledger).manifest.id == first.id

    def test_a_claim_may_be_narrowed_to_feeds(self, ledger):
        arrive(ledger, sighting(), sighting(feed="returns"))
        ledger.batch(SALES, NOW, flush=True)
        ledger.batch(RETURNS, NOW, flush=True)

        assert claim(ledger, feeds=[]) is None
        assert claim(ledger, feeds=["returns"]).manifest.feed == "returns"
        assert claim(ledger, feeds=["returns"]) is None

    @pytest.mark.parametrize("staged", [False, True])
    def test_a_lease_that_ran_out_is_taken_over_with_the_next_attempt(self, ledger, staged):
        held = start(ledger)
        if staged:
            ledger.stage(held, receipt_of(held), parts_of(held))

        taken = claim(ledger, NOW + LEASE, "w2")

        assert (taken.manifest.id, taken.attempt, taken.worker) == (held.manifest.id, 2, "w2")
        assert taken.manifest.state is ManifestState.CLAIMED
        assert taken.attempt_id != held.attempt_id

    def test_renewing_keeps_others_away_until_then(self, ledger):
        held = start(ledger)

        ledger.renew(held, NOW + 2 * LEASE)
        ledger.renew(held, NOW + 2 * LEASE)

        assert claim(ledger, NOW + LEASE, "w2") is None
        assert claim(ledger, NOW + 2 * LEASE, "w2").attempt == 2

    def test_a_staged_manifest_can_be_renewed(self, ledger):
        held = start(ledger)
        ledger.stage(held, receipt_of(held), parts_of(held))

        ledger.renew(held, NOW + DAY)

        assert claim(ledger, NOW + LEASE, "w2") is None

    def test_a_late_heartbeat_does_not_wake_what_has_ended(self, ledger):
        held = start(ledger)
        finish(ledger, held)

        ledger.renew(held, NOW + DAY)

        assert ledger.manifest(held.manifest.id).lease_until is None

    def test_a_late_heartbeat_does_not_take_back_what_was_released(self, ledger):
        held = start(ledger)
        ledger.release(held, "it failed", NOW)

        ledger.renew(held, NOW + DAY)

        assert claim(ledger, NOW, "w2").attempt == 2

    def test_a_released_manifest_waits_for_its_retry_time(self, ledger):
        held = start(ledger)

        ledger.release(held, "the disk was slow", NOW + SECOND)

        waiting = ledger.manifest(held.manifest.id)
        assert (waiting.state, waiting.error) == (ManifestState.OPEN, "the disk was slow")
        assert (waiting.worker, waiting.lease_until) == (None, None)
        assert waiting.retry_at == NOW + SECOND
        assert claim(ledger, NOW) is None
        assert claim(ledger, NOW + SECOND).attempt == 2

    def test_a_manifest_that_waits_does_not_hold_up_the_next(self, ledger):
        arrive(ledger, *sightings(2))
        made = [ledger.batch(limited(files=1), NOW).id for _ in range(2)]
        ledger.release(claim(ledger), "it failed", NOW + DAY)

        assert claim(ledger).manifest.id == made[1]

    def test_releasing_twice_keeps_the_first_retry_time(self, ledger):
        held = start(ledger)
        ledger.release(held, "it failed", NOW + SECOND)

        ledger.release(held, "it failed", NOW + DAY)

        assert ledger.manifest(held.manifest.id).retry_at == NOW + SECOND

    def test_whoever_was_overtaken_is_told_so_and_changes_nothing(self, ledger):
        held = start(ledger)
        taken = claim(ledger, NOW + LEASE, "w2")
        before = self.everything(ledger)

        for write in (
            lambda: ledger.renew(held, NOW + DAY),
            lambda: ledger.stage(held, receipt_of(held), parts_of(held)),
            lambda: ledger.settle(held, receipt_of(held), parts_of(held), NOW),
            lambda: ledger.release(held, "it failed", NOW),
            lambda: ledger.bury(held, CAUSE, NOW),
        ):
            with pytest.raises(LeaseLost, match="attempt 2 has it"):
                write()

        assert self.everything(ledger) == before
        finish(ledger, taken)

    def test_a_claim_of_a_manifest_that_the_ledger_does_not_know_is_lost(self, ledger):
        held = start(ledger)
        unknown = replace(held, manifest=replace(held.manifest, id="m-unknown"))

        with pytest.raises(LeaseLost, match="does not know it"):
            ledger.settle(unknown, receipt_of(unknown), [], NOW)

    @staticmethod
    def everything(ledger):
        return (
            ledger.arrivals(),
            ledger.manifests(),
            [ledger.receipt(manifest.id) for manifest in ledger.manifests()],
            list(ledger.parts("sales_clean")),
            ledger.standing(),
        )


class EndContract:
    def test_staging_keeps_the_receipt_but_shows_no_part_and_no_settled_receipt(self, ledger):
        held = start(ledger)

        ledger.stage(held, receipt_of(held), parts_of(held))

        assert ledger.manifest(held.manifest.id).state is ManifestState.STAGED
        assert ledger.receipt(held.manifest.id) == receipt_of(held)
        assert ledger.receipts() == []
        assert list(ledger.parts("sales_clean")) == []

    def test_staging_again_keeps_the_later_receipt(self, ledger):
        held = start(ledger)
        ledger.stage(held, receipt_of(held), parts_of(held))
        later = replace(receipt_of(held), engine="duckdb, careful")

        ledger.stage(held, later, parts_of(held))

        assert ledger.receipt(held.manifest.id) == later

    def test_settling_ends_the_manifest_and_its_arrivals(self, ledger):
        held = start(ledger, *sightings(3))

        receipt = finish(ledger, held)

        manifest = ledger.manifest(held.manifest.id)
        assert manifest.state is ManifestState.COMMITTED
        assert (manifest.worker, manifest.lease_until) == (None, None)
        states = [member.state for member in ledger.members(manifest.id)]
        assert states == [ArrivalState.COMPLETED] * 3
        assert ledger.receipt(manifest.id) == receipt
        assert ledger.receipts() == [receipt]
        assert list(ledger.parts("sales_clean")) == parts_of(held)

    def test_settling_without_staging_is_allowed(self, ledger):
        held = start(ledger)

        ledger.settle(held, receipt_of(held), parts_of(held), NOW)

        assert ledger.manifest(held.manifest.id).state is ManifestState.COMMITTED

    @pytest.mark.parametrize(
        "state", [ArrivalState.QUARANTINED, ArrivalState.MISSING, ArrivalState.STALE]
    )
    def test_an_arrival_ends_as_its_books_say_with_their_cause(self, ledger, state):
        held = start(ledger)

        finish(ledger, held, state=state, cause=Cause("why", "because"))

        [member] = ledger.members(held.manifest.id)
        assert (member.state, member.cause) == (state, Cause("why", "because"))

    def test_each_arrival_of_a_manifest_ends_as_its_own_books_say(self, ledger):
        held = start(ledger, *sightings(2))
        good, bad = receipt_of(held).files
        bad = replace(bad, state=ArrivalState.QUARANTINED, books=Books(10, quarantined=10))

        ledger.settle(held, replace(receipt_of(held), files=(good, bad)), [], NOW)

        states = [member.state for member in ledger.members(held.manifest.id)]
        assert states == [ArrivalState.COMPLETED, ArrivalState.QUARANTINED]

    def test_settling_again_changes_nothing_whoever_does_it(self, ledger):
        held = start(ledger)
        taken = claim(ledger, NOW + LEASE, "w2")
        finish(ledger, taken)
        before = ClaimContract.everything(ledger)
        other = receipt_of(taken, state=ArrivalState.QUARANTINED)

        ledger.settle(taken, other, [], NOW + DAY)
        ledger.settle(held, other, parts_of(held), NOW + DAY)

        assert ClaimContract.everything(ledger) == before

    def test_a_later_claim_can_settle_what_an_earlier_attempt_committed(self, ledger):
        held = start(ledger)
        ledger.stage(held, receipt_of(held), parts_of(held))
        taken = claim(ledger, NOW + LEASE, "w2")

        ledger.settle(taken, receipt_of(held), parts_of(held, sha256=None), NOW)

        assert ledger.receipt(held.manifest.id).attempt == 1
        assert list(ledger.parts("sales_clean")) == parts_of(held)  # staged hashes stay known

    def test_parts_that_an_earlier_attempt_staged_are_not_settled_with_the_later_one(self, ledger):
        held = start(ledger)
        ledger.stage(held, receipt_of(held), parts_of(held))
        taken = claim(ledger, NOW + LEASE, "w2")

        finish(ledger, taken)

        assert list(ledger.parts("sales_clean")) == parts_of(taken)

    def test_completing_supersedes_older_generations_under_the_key(self, ledger):
        [first] = complete(ledger, sighting())
        [other] = complete(ledger, sighting("b.csv"))

        [second] = complete(ledger, sighting(version="v2"))

        assert ledger.arrival(first.id).state is ArrivalState.SUPERSEDED
        assert ledger.arrival(second.id).state is ArrivalState.COMPLETED
        assert ledger.arrival(other.id).state is ArrivalState.COMPLETED

    def test_completing_supersedes_what_was_refused_dead_or_missing_too(self, ledger):
        refused = start(ledger, sighting(version="v1"))
        finish(ledger, refused, state=ArrivalState.QUARANTINED)
        dead = start(ledger, sighting(version="v2"))
        ledger.bury(dead, CAUSE, NOW)

        complete(ledger, sighting(version="v3"))

        states = [arrival.state for arrival in ledger.arrivals(key="a.csv")]
        assert states == [
            ArrivalState.SUPERSEDED,
            ArrivalState.SUPERSEDED,
            ArrivalState.COMPLETED,
        ]

    def test_a_rewrite_that_is_refused_leaves_the_older_version_completed(self, ledger):
        [first] = complete(ledger, sighting())

        finish(ledger, start(ledger, sighting(version="v2")), state=ArrivalState.QUARANTINED)

        assert ledger.arrival(first.id).state is ArrivalState.COMPLETED

    def test_duplicates_stay_duplicates(self, ledger):
        complete(ledger, sighting())
        [duplicate] = arrive(ledger, sighting(raw="again"))

        complete(ledger, sighting(version="v2"))

        assert ledger.arrival(duplicate.id).state is ArrivalState.DUPLICATE

    @pytest.mark.parametrize("state", [ArrivalState.PENDING, ArrivalState.PROCESSING])
    def test_a_receipt_that_ends_nothing_is_refused_and_changes_nothing(self, ledger, state):
        held = start(ledger)

        with pytest.raises(IllegalMove):
            ledger.settle(held, receipt_of(held, state=state), parts_of(held), NOW)

        assert ledger.manifest(held.manifest.id).state is ManifestState.CLAIMED

    def test_a_receipt_that_leaves_an_arrival_out_is_refused_and_changes_nothing(self, ledger):
        held = start(ledger, *sightings(2))
        receipt = receipt_of(held)

        with pytest.raises(LedgerError, match="2 arrivals once"):
            ledger.settle(held, replace(receipt, files=receipt.files[:1]), [], NOW)

        assert ledger.manifest(held.manifest.id).state is ManifestState.CLAIMED

    def test_burying_ends_the_manifest_and_its_arrivals_with_the_cause(self, ledger):
        held = start(ledger, *sightings(2))

        ledger.bury(held, CAUSE, NOW)
        ledger.bury(held, CAUSE, NOW)

        manifest = ledger.manifest(held.manifest.id)
        assert (manifest.state, manifest.error) == (ManifestState.DEAD, CAUSE.message)
        members = ledger.members(held.manifest.id)
        assert {(member.state, member.cause) for member in members} == {(ArrivalState.DEAD, CAUSE)}
        assert claim(ledger, NOW + DAY) is None

    def test_what_was_buried_cannot_be_settled_or_released(self, ledger):
        held = start(ledger)
        ledger.bury(held, CAUSE, NOW)

        with pytest.raises(IllegalMove):
            ledger.settle(held, receipt_of(held), [], NOW)
        with pytest.raises(IllegalMove):
            ledger.release(held, "it failed", NOW)

    def test_what_was_settled_cannot_be_staged_released_or_buried(self, ledger):
        held = start(ledger)
        finish(ledger, held)

        with pytest.raises(IllegalMove):
            ledger.stage(held, receipt_of(held), [])
        with pytest.raises(IllegalMove):
            ledger.release(held, "it failed", NOW)
        with pytest.raises(IllegalMove):
            ledger.bury(held, CAUSE, NOW)
