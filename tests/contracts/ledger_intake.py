"""What every ledger promises about sightings, generations and replays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from headwater.model.arrival import Arrival, ArrivalState, Cause
from headwater.model.ids import arrival_id
from headwater.ports.ledger import Outcome
from tests.contracts.work import (
    DAY,
    NOW,
    SALES,
    arrive,
    claim,
    complete,
    finish,
    sighting,
    sightings,
    start,
)


class IntakeContract:
    def test_the_first_version_under_a_key_is_new_and_pending(self, ledger):
        [answer] = ledger.register([sighting()])

        assert answer.outcome is Outcome.NEW
        assert answer.arrival == Arrival(
            id=arrival_id("sales", "a.csv", "v1", 1),
            feed="sales",
            key="a.csv",
            raw="sales/v1/a.csv",
            version="v1",
            generation=1,
            size_bytes=100,
            stamp="1",
            records=11,
            landed_at=NOW,
        )
        assert ledger.arrival(answer.arrival.id) == answer.arrival

    def test_registering_nothing_answers_nothing(self, ledger):
        assert ledger.register([]) == []

    def test_registering_again_is_known_and_only_refreshes_the_stamp(self, ledger):
        [first] = arrive(ledger, sighting(records=None))

        [again] = ledger.register([sighting(stamp="2", landed_at=NOW + DAY)])

        assert again.outcome is Outcome.KNOWN
        assert again.arrival == replace(first, stamp="2")
        assert ledger.arrival(first.id) == again.arrival
        assert len(ledger.arrivals()) == 1

    def test_one_object_twice_in_one_call_is_one_arrival(self, ledger):
        answers = ledger.register([sighting(), sighting()])

        assert [answer.outcome for answer in answers] == [Outcome.NEW, Outcome.KNOWN]
        assert len({answer.arrival.id for answer in answers}) == 1

    def test_answers_come_in_the_order_of_the_sightings(self, ledger):
        arrive(ledger, sighting("b.csv"))

        answers = ledger.register([sighting("c.csv"), sighting("b.csv"), sighting("a.csv")])

        assert [answer.arrival.key for answer in answers] == ["c.csv", "b.csv", "a.csv"]

    def test_equal_bytes_in_another_object_are_a_duplicate(self, ledger):
        [first] = arrive(ledger, sighting())

        [answer] = ledger.register([sighting(raw="sales/again/a.csv")])

        assert answer.outcome is Outcome.DUPLICATE
        assert answer.arrival.state is ArrivalState.DUPLICATE
        assert answer.arrival.generation == 2
        assert ledger.arrival(first.id).state is ArrivalState.PENDING

    def test_equal_bytes_under_another_key_are_no_duplicate(self, ledger):
        answers = ledger.register([sighting("a.csv"), sighting("b.csv")])

        assert [answer.outcome for answer in answers] == [Outcome.NEW, Outcome.NEW]

    def test_one_key_of_two_feeds_is_two_keys(self, ledger):
        answers = ledger.register([sighting(), sighting(feed="returns", version="v2")])

        assert [answer.outcome for answer in answers] == [Outcome.NEW, Outcome.NEW]

    def test_other_bytes_are_a_rewrite_that_replaces_the_newest(self, ledger):
        [first] = complete(ledger, sighting())

        [answer] = ledger.register([sighting(version="v2")])

        assert answer.outcome is Outcome.REWRITE
        assert answer.arrival.state is ArrivalState.PENDING
        assert (answer.arrival.generation, answer.arrival.replaces) == (2, first.id)
        assert ledger.arrival(first.id).state is ArrivalState.COMPLETED

    def test_a_rewrite_supersedes_what_is_still_pending(self, ledger):
        [first] = arrive(ledger, sighting())

        arrive(ledger, sighting(version="v2"))

        assert ledger.arrival(first.id).state is ArrivalState.SUPERSEDED

    def test_a_rewrite_leaves_what_is_processing_alone(self, ledger):
        [first] = start(ledger, sighting()).manifest.arrivals

        [second] = arrive(ledger, sighting(version="v2"))

        assert ledger.arrival(first).state is ArrivalState.PROCESSING
        assert second.state is ArrivalState.PENDING

    def test_versions_under_one_key_in_one_call_leave_the_last_pending(self, ledger):
        answers = ledger.register([sighting(version=version) for version in ("v1", "v2", "v3")])

        stored = [ledger.arrival(answer.arrival.id) for answer in answers]
        assert [arrival.state for arrival in stored] == [
            ArrivalState.SUPERSEDED,
            ArrivalState.SUPERSEDED,
            ArrivalState.PENDING,
        ]
        assert [arrival.generation for arrival in stored] == [1, 2, 3]
        assert [answer.arrival for answer in answers] == stored

    def test_a_rewrite_behind_a_duplicate_replaces_and_supersedes_what_the_duplicate_was_of(
        self, ledger
    ):
        [first] = arrive(ledger, sighting())
        arrive(ledger, sighting(raw="sales/again/a.csv"))

        [third] = arrive(ledger, sighting(version="v2"))

        assert (third.generation, third.replaces) == (3, first.id)
        assert ledger.arrival(first.id).state is ArrivalState.SUPERSEDED

    def test_what_no_feed_matches_is_kept_as_unrouted(self, ledger):
        [answer] = ledger.register([sighting(feed=None)])

        assert answer.outcome is Outcome.UNROUTED
        assert answer.arrival.state is ArrivalState.UNROUTED
        assert ledger.arrival(answer.arrival.id).feed is None

    def test_an_unrouted_object_seen_again_without_a_feed_is_known(self, ledger):
        arrive(ledger, sighting(feed=None))

        [answer] = ledger.register([sighting(feed=None)])

        assert answer.outcome is Outcome.KNOWN

    def test_an_unrouted_object_that_gains_a_feed_becomes_a_new_arrival(self, ledger):
        [unrouted] = arrive(ledger, sighting(feed=None, raw="x/a.csv"))

        [answer] = ledger.register([sighting(raw="x/a.csv")])

        assert (answer.outcome, answer.arrival.state) == (Outcome.NEW, ArrivalState.PENDING)
        assert ledger.arrival(unrouted.id).state is ArrivalState.SUPERSEDED

    def test_an_unrouted_object_may_gain_its_feed_within_one_call(self, ledger):
        answers = ledger.register([sighting(feed=None, raw="x"), sighting(raw="x")])

        assert [answer.outcome for answer in answers] == [Outcome.UNROUTED, Outcome.NEW]
        states = [ledger.arrival(answer.arrival.id).state for answer in answers]
        assert states == [ArrivalState.SUPERSEDED, ArrivalState.PENDING]

    def test_a_routed_object_seen_without_a_feed_is_known(self, ledger):
        arrive(ledger, sighting(raw="x"))

        [answer] = ledger.register([sighting(feed=None, raw="x")])

        assert answer.outcome is Outcome.KNOWN

    def test_ten_thousand_sightings_go_in_one_call(self, ledger):
        answers = ledger.register(sightings(10_000))

        assert {answer.outcome for answer in answers} == {Outcome.NEW}
        assert len(ledger.arrivals(limit=20_000)) == 10_000

    def test_a_replay_starts_the_same_version_again_with_the_next_generation(self, ledger):
        [first] = complete(ledger, sighting())

        [again] = ledger.replay([first.id], NOW + DAY)

        assert again == replace(
            first,
            id=arrival_id("sales", "a.csv", "v1", 2),
            generation=2,
            state=ArrivalState.PENDING,
            manifest=None,
            replaces=first.id,
        )
        assert ledger.arrival(again.id) == again

    def test_a_replayed_object_seen_again_is_known_as_its_newest_arrival(self, ledger):
        [first] = complete(ledger, sighting())
        [again] = ledger.replay([first.id], NOW)

        [answer] = ledger.register([sighting()])

        assert (answer.outcome, answer.arrival.id) == (Outcome.KNOWN, again.id)

    def test_replaying_twice_starts_once(self, ledger):
        [first] = complete(ledger, sighting())

        once = ledger.replay([first.id, first.id], NOW)

        assert len(once) == 1
        assert ledger.replay([first.id], NOW) == []

    def test_a_duplicate_does_not_stand_in_the_way_of_a_replay(self, ledger):
        [first] = complete(ledger, sighting())
        arrive(ledger, sighting(raw="sales/again/a.csv"))

        [again] = ledger.replay([first.id], NOW)

        assert again.generation == 3

    @pytest.mark.parametrize("state", [ArrivalState.QUARANTINED, ArrivalState.MISSING])
    def test_what_was_refused_can_be_replayed_and_forgets_its_cause(self, ledger, state):
        held = start(ledger)
        finish(ledger, held, state=state, cause=Cause("unreadable", "it is not a CSV file"))

        [again] = ledger.replay(held.manifest.arrivals, NOW)

        assert (again.state, again.cause) == (ArrivalState.PENDING, None)

    def test_what_is_dead_can_be_replayed(self, ledger):
        held = start(ledger)
        ledger.bury(held, Cause("engine", "it died"), NOW)

        assert len(ledger.replay(held.manifest.arrivals, NOW)) == 1

    def test_a_replay_passes_over_what_is_unsettled_unknown_unrouted_or_followed(self, ledger):
        [followed] = complete(ledger, sighting())
        arrive(ledger, sighting(version="v2"))
        [pending] = arrive(ledger, sighting("b.csv"))
        [unrouted] = arrive(ledger, sighting("c.csv", feed=None))

        asked = [followed.id, pending.id, unrouted.id, "0000000000000"]

        assert ledger.replay(asked, NOW) == []

    def test_a_replayed_arrival_supersedes_the_one_it_replaces_when_it_completes(self, ledger):
        [first] = complete(ledger, sighting())
        [again] = ledger.replay([first.id], NOW)
        ledger.batch(SALES, NOW, flush=True)

        finish(ledger, claim(ledger))

        assert ledger.arrival(first.id).state is ArrivalState.SUPERSEDED
        assert ledger.arrival(again.id).state is ArrivalState.COMPLETED
