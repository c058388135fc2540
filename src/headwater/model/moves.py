"""The legal moves of arrivals and manifests: the one table every write of a state goes through."""

from __future__ import annotations

from headwater.errors import IllegalMove
from headwater.model.arrival import ArrivalState as A
from headwater.model.manifest import ManifestState as M

ARRIVAL_MOVES: dict[A, frozenset[A]] = {
    A.PENDING: frozenset({A.PROCESSING, A.SUPERSEDED, A.QUARANTINED, A.MISSING}),
    A.PROCESSING: frozenset({A.COMPLETED, A.QUARANTINED, A.DEAD, A.MISSING, A.STALE}),
    A.COMPLETED: frozenset({A.SUPERSEDED}),
    A.QUARANTINED: frozenset({A.SUPERSEDED}),
    A.DEAD: frozenset({A.SUPERSEDED}),
    A.MISSING: frozenset({A.SUPERSEDED}),
    A.UNROUTED: frozenset({A.SUPERSEDED}),  # by the arrival that a feed made of it later
    A.SUPERSEDED: frozenset(),
    A.DUPLICATE: frozenset(),
    A.STALE: frozenset(),
}

MANIFEST_MOVES: dict[M, frozenset[M]] = {
    M.OPEN: frozenset({M.CLAIMED}),
    M.CLAIMED: frozenset({M.CLAIMED, M.STAGED, M.COMMITTED, M.OPEN, M.DEAD}),
    M.STAGED: frozenset({M.CLAIMED, M.COMMITTED, M.OPEN, M.DEAD}),
    M.COMMITTED: frozenset(),
    M.DEAD: frozenset(),
}


def arrival_sources(target: A) -> tuple[A, ...]:
    """The states from which an arrival may move to target."""
    return tuple(state for state, targets in ARRIVAL_MOVES.items() if target in targets)


def manifest_sources(target: M) -> tuple[M, ...]:
    """The states from which a manifest may move to target."""
    return tuple(state for state, targets in MANIFEST_MOVES.items() if target in targets)


def require_arrival_move(current: A, target: A) -> None:
    """Refuse a move that the table does not hold."""
    if target not in ARRIVAL_MOVES[current]:
        raise IllegalMove(f"an arrival that is {current} cannot become {target}")


def require_manifest_move(current: M, target: M) -> None:
    """Refuse a move that the table does not hold."""
    if target not in MANIFEST_MOVES[current]:
        raise IllegalMove(f"a manifest that is {current} cannot become {target}")
