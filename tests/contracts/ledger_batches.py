"""What every ledger promises about when a batch closes and what is in it."""

from __future__ import annotations

from datetime import timedelta

from headwater.model.arrival import ArrivalState
from headwater.model.manifest import Manifest
from tests.contracts.work import (
    NOW,
    RETURNS,
    SALES,
    SECOND,
    arrive,
    claim,
    finish,
    limited,
    sighting,
    sightings,
    start,
)

MINUTE = timedelta(minutes=1)


class BatchContract:
    def test_without_arrivals_there_is_no_batch(self, ledger):
        assert ledger.batch(SALES, NOW, flush=True) is None

    def test_a_batch_is_written_down_and_its_arrivals_are_processing(self, ledger):
        arrivals = arrive(ledger, *sightings(3))

        manifest = ledger.batch(SALES, NOW, flush=True)

        assert manifest == Manifest(
            id=manifest.id,
            feed="sales",
            table="sales_clean",
            arrivals=tuple(arrival.id for arrival in arrivals),
            size_bytes=300,
            created_at=NOW,
        )
        assert ledger.manifest(manifest.id) == manifest
        members = ledger.members(manifest.id)
        assert {member.state for member in members} == {ArrivalState.PROCESSING}
        assert {member.manifest for member in members} == {manifest.id}

    def test_batching_again_finds_nothing_more(self, ledger):
        arrive(ledger, sighting())
        ledger.batch(SALES, NOW, flush=True)

        assert ledger.batch(SALES, NOW, flush=True) is None

    def test_a_batch_waits_below_every_limit(self, ledger):
        arrive(ledger, *sightings(2))
        feed = limited(files=3, size_bytes=201, age=MINUTE)

        assert ledger.batch(feed, NOW + MINUTE - timedelta(microseconds=1)) is None

    def test_a_batch_closes_on_count(self, ledger):
        arrive(ledger, *sightings(5))

        manifest = ledger.batch(limited(files=3), NOW)

        assert len(manifest.arrivals) == 3
        assert ledger.batch(limited(files=3), NOW) is None

    def test_a_batch_closes_on_bytes_and_stops_before_the_one_that_would_pass_them(self, ledger):
        arrivals = arrive(ledger, *sightings(3, size_bytes=40))

        manifest = ledger.batch(limited(size_bytes=100), NOW)

        assert manifest.arrivals == tuple(arrival.id for arrival in arrivals[:2])
        assert manifest.size_bytes == 80

    def test_a_batch_may_reach_its_bytes_exactly(self, ledger):
        arrive(ledger, *sightings(3, size_bytes=50))

        assert len(ledger.batch(limited(size_bytes=100), NOW).arrivals) == 2

    def test_a_file_larger_than_the_limit_goes_alone(self, ledger):
        arrive(ledger, sighting("big.csv", size_bytes=500), sighting("small.csv"))

        manifest = ledger.batch(limited(size_bytes=100), NOW)

        assert manifest.size_bytes == 500

    def test_a_batch_closes_on_the_age_of_its_oldest_arrival(self, ledger):
        arrive(ledger, sighting("b.csv", landed_at=NOW + SECOND), sighting("a.csv"))

        manifest = ledger.batch(limited(age=MINUTE), NOW + MINUTE)

        assert len(manifest.arrivals) == 2

    def test_a_batch_takes_arrivals_in_the_order_of_registration(self, ledger):
        arrivals = arrive(ledger, *(sighting(key) for key in ("c", "a", "d", "b")))

        manifest = ledger.batch(SALES, NOW, flush=True)

        assert manifest.arrivals == tuple(arrival.id for arrival in arrivals)
        assert [member.id for member in ledger.members(manifest.id)] == list(manifest.arrivals)

    def test_a_batch_takes_its_own_feeds_arrivals_only(self, ledger):
        arrive(ledger, sighting(), sighting(feed="returns"), sighting("x", feed=None))

        assert len(ledger.batch(RETURNS, NOW, flush=True).arrivals) == 1

    def test_a_batch_passes_over_a_key_that_is_being_processed(self, ledger):
        start(ledger, sighting())
        arrive(ledger, sighting(version="v2"), sighting("b.csv"))

        manifest = ledger.batch(SALES, NOW, flush=True)

        assert [member.key for member in ledger.members(manifest.id)] == ["b.csv"]
        assert ledger.batch(SALES, NOW, flush=True) is None

    def test_arrivals_that_are_passed_over_do_not_make_a_batch_due(self, ledger):
        start(ledger, *sightings(2))
        arrive(ledger, *sightings(2, version="v2"), sighting("b.csv"))

        assert ledger.batch(limited(files=2), NOW) is None

    def test_a_key_can_be_batched_again_once_its_manifest_has_ended(self, ledger):
        held = start(ledger, sighting())
        arrive(ledger, sighting(version="v2"))
        finish(ledger, held)

        ledger.batch(SALES, NOW, flush=True)

        assert [member.version for member in ledger.members(claim(ledger).manifest.id)] == ["v2"]
