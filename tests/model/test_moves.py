"""The table of legal moves: what it allows, and what it must never allow."""

from __future__ import annotations

import pytest

from headwater.errors import IllegalMove
from headwater.model.arrival import SETTLED, ArrivalState
from headwater.model.manifest import ENDED, ManifestState
from headwater.model.moves import (
    ARRIVAL_MOVES,
    MANIFEST_MOVES,
    arrival_sources,
    manifest_sources,
    require_arrival_move,
    require_manifest_move,
)


def test_every_state_has_its_line_in_the_table():
    assert set(ARRIVAL_MOVES) == set(ArrivalState)
    assert set(MANIFEST_MOVES) == set(ManifestState)


def test_what_is_settled_never_returns_to_work():
    for state in SETTLED:
        assert ARRIVAL_MOVES[state] <= {ArrivalState.SUPERSEDED}


def test_work_begins_with_what_is_pending_and_nothing_else():
    assert arrival_sources(ArrivalState.PROCESSING) == (ArrivalState.PENDING,)


def test_rows_become_visible_only_out_of_a_manifest():
    assert arrival_sources(ArrivalState.COMPLETED) == (ArrivalState.PROCESSING,)


@pytest.mark.parametrize("state", [ArrivalState.SUPERSEDED, ArrivalState.DUPLICATE])
def test_nothing_follows_the_states_that_only_tell_a_story(state):
    assert ARRIVAL_MOVES[state] == frozenset()


def test_nothing_follows_a_manifest_that_has_ended():
    for state in ENDED:
        assert MANIFEST_MOVES[state] == frozenset()


def test_a_manifest_is_committed_by_whoever_holds_it():
    assert set(manifest_sources(ManifestState.COMMITTED)) == {
        ManifestState.CLAIMED,
        ManifestState.STAGED,
    }


def test_every_arrival_state_can_be_reached_from_a_first_one():
    reached = {
        ArrivalState.PENDING,
        ArrivalState.DUPLICATE,
        ArrivalState.UNROUTED,
    }
    for _ in ArrivalState:
        reached |= {target for state in reached for target in ARRIVAL_MOVES[state]}

    assert reached == set(ArrivalState)


@pytest.mark.parametrize("current", ArrivalState)
@pytest.mark.parametrize("target", ArrivalState)
def test_an_arrivals_move_is_refused_unless_the_table_holds_it(current, target):
    if target in ARRIVAL_MOVES[current]:
        require_arrival_move(current, target)
        assert current in arrival_sources(target)
    else:
        with pytest.raises(IllegalMove, match=f"that is {current} cannot become {target}"):
            require_arrival_move(current, target)
        assert current not in arrival_sources(target)


@pytest.mark.parametrize("current", ManifestState)
@pytest.mark.parametrize("target", ManifestState)
def test_a_manifests_move_is_refused_unless_the_table_holds_it(current, target):
    if target in MANIFEST_MOVES[current]:
        require_manifest_move(current, target)
        assert current in manifest_sources(target)
    else:
        with pytest.raises(IllegalMove, match=f"that is {current} cannot become {target}"):
            require_manifest_move(current, target)
        assert current not in manifest_sources(target)
