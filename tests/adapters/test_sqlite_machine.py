"""In any order of calls SqliteLedger says what a model in plain Python says."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from headwater.adapters.sqlite import SqliteLedger
from headwater.errors import IllegalMove, LeaseLost
from headwater.model.arrival import ArrivalState as A
from headwater.model.arrival import Cause
from headwater.model.manifest import ManifestState as M
from tests.contracts.work import LEASE, NOW, SECOND, limited, parts_of, receipt_of, sighting

KEYS = st.sampled_from(["a", "b", "c"])
VERSIONS = st.sampled_from(["v1", "v2", "v3"])
ENDS = st.sampled_from([A.COMPLETED, A.COMPLETED, A.QUARANTINED, A.MISSING, A.STALE])


@dataclass
class Known:
    """What the model knows of an arrival."""

    key: str
    raw: str
    version: str
    generation: int
    state: A
    landed_at: datetime


@dataclass
class Work:
    """What the model knows of a manifest."""

    members: list[str]
    state: M = M.OPEN
    attempt: int = 0
    due: datetime = NOW
    claims: list[object] = field(default_factory=list)


class LedgerMachine(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.ledger = SqliteLedger(Path(self.folder.name) / "ledger.db")
        self.now = NOW
        self.arrivals: dict[str, Known] = {}
        self.manifests: dict[str, Work] = {}
        self.settled: dict[str, A] = {}

    def teardown(self):
        self.ledger.close()
        self.folder.cleanup()

    @rule(key=KEYS, version=VERSIONS, copy=st.sampled_from(["x", "y"]))
    def register(self, key, version, copy):
        seen = sighting(key, version, raw=f"{copy}/{key}/{version}")

        [answer] = self.ledger.register([seen])

        known = [a for a in self.arrivals.values() if (a.raw, a.version) == (seen.raw, version)]
        newest = self.newest(key)
        if known:
            assert answer.outcome == "known"
        elif newest is None:
            assert answer.outcome == "new"
        else:
            assert answer.outcome == ("duplicate" if newest.version == version else "rewrite")
        if known:
            return
        if answer.outcome == "rewrite" and newest.state is A.PENDING:
            newest.state = A.SUPERSEDED
        state = A.DUPLICATE if answer.outcome == "duplicate" else A.PENDING
        self.add(answer.arrival, state)

    @rule(key=KEYS)
    def replay(self, key):
        newest = next((id_ for id_, a in self.arrivals.items() if a is self.newest(key)), None)

        again = self.ledger.replay([newest] if newest else [], self.now)

        replayable = {A.COMPLETED, A.QUARANTINED, A.DEAD, A.MISSING}
        assert len(again) == (newest is not None and self.arrivals[newest].state in replayable)
        for arrival in again:
            self.add(arrival, A.PENDING)

    @rule(files=st.integers(1, 3), flush=st.booleans())
    def batch(self, files, flush):
        manifest = self.ledger.batch(limited(files=files), self.now, flush=flush)

        busy = {a.key for a in self.arrivals.values() if a.state is A.PROCESSING}
        waiting = [
            id_ for id_, a in self.arrivals.items() if a.state is A.PENDING and a.key not in busy
        ]
        aged = self.now - timedelta(seconds=60)
        old = any(self.arrivals[id_].landed_at <= aged for id_ in waiting)
        if manifest is None:
            assert not waiting or not (flush or len(waiting) >= files or old)
            return
        assert list(manifest.arrivals) == waiting[:files]
        self.manifests[manifest.id] = Work(list(manifest.arrivals))
        for id_ in manifest.arrivals:
            self.arrivals[id_].state = A.PROCESSING

    @rule()
    def claim(self):
        held = self.ledger.claim("w", self.now, LEASE)

        living = {M.OPEN, M.CLAIMED, M.STAGED}
        due = [m for m, w in self.manifests.items() if w.state in living and w.due <= self.now]
        assert (held.manifest.id if held else None) == (due[0] if due else None)
        if held is None:
            return
        work = self.manifests[held.manifest.id]
        work.state, work.attempt, work.due = M.CLAIMED, work.attempt + 1, self.now + LEASE
        work.claims.append(held)
        assert held.attempt == work.attempt

    @rule(end=ENDS)
    def work_a_batch_through(self, end):
        """Reaches rewrites of what is completed, which single steps seldom do."""
        self.batch(files=3, flush=True)
        before = {id_: work.attempt for id_, work in self.manifests.items()}
        self.claim()
        for id_, work in self.manifests.items():
            if work.attempt > before[id_]:
                held = work.claims[-1]
                self.settle(held, receipt_of(held, end), parts_of(held))
                work.state = M.COMMITTED
                self.end(work, end)

    @precondition(lambda self: self.held())
    @rule(data=st.data(), end=ENDS)
    def stage_or_settle(self, data, end):
        held, work = data.draw(st.sampled_from(self.held()))
        write = data.draw(st.sampled_from([self.ledger.stage, self.settle]))
        staging = write == self.ledger.stage

        outcome = self.attempted(lambda: write(held, receipt_of(held, end), parts_of(held)))

        if work.state is M.COMMITTED and not staging:
            assert outcome is None
            return
        expected = self.expected(held, work, {M.CLAIMED, M.STAGED})
        assert outcome is expected
        if expected is None:
            work.state = M.STAGED if staging else M.COMMITTED
        if expected is None and not staging:
            self.end(work, end)

    @precondition(lambda self: self.held())
    @rule(data=st.data())
    def release_or_bury(self, data):
        held, work = data.draw(st.sampled_from(self.held()))
        burying = data.draw(st.booleans())
        target = M.DEAD if burying else M.OPEN

        if burying:
            outcome = self.attempted(
                lambda: self.ledger.bury(held, Cause("why", "because"), self.now)
            )
        else:
            outcome = self.attempted(
                lambda: self.ledger.release(held, "it failed", self.now + SECOND)
            )

        expected = self.expected(held, work, {M.CLAIMED, M.STAGED, target})
        assert outcome is expected
        if expected is None and work.state is not target:
            work.state, work.due = target, self.now + SECOND
            if burying:
                self.end(work, A.DEAD)

    @precondition(lambda self: self.held())
    @rule(data=st.data())
    def renew(self, data):
        held, work = data.draw(st.sampled_from(self.held()))

        outcome = self.attempted(lambda: self.ledger.renew(held, self.now + LEASE))

        assert outcome is (LeaseLost if held.attempt != work.attempt else None)
        if outcome is None and work.state in {M.CLAIMED, M.STAGED}:
            work.due = self.now + LEASE

    @rule(seconds=st.sampled_from([1, 30, 60, 61]))
    def let_time_pass(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule()
    def open_anew(self):
        self.ledger.close()
        self.ledger = SqliteLedger(Path(self.folder.name) / "ledger.db")

    @invariant()
    def the_ledger_says_what_the_model_says(self):
        stored = {arrival.id: arrival for arrival in self.ledger.arrivals()}
        assert list(stored) == list(self.arrivals)
        for id_, known in self.arrivals.items():
            assert (stored[id_].state, stored[id_].generation) == (known.state, known.generation)
        manifests = {manifest.id: manifest for manifest in self.ledger.manifests()}
        assert list(manifests) == list(self.manifests)
        for id_, work in self.manifests.items():
            assert (manifests[id_].state, manifests[id_].attempt) == (work.state, work.attempt)
            assert list(manifests[id_].arrivals) == work.members

    @invariant()
    def at_most_one_arrival_under_a_key_waits_one_is_worked_on_and_one_is_visible(self):
        counts = Counter((arrival.key, arrival.state) for arrival in self.ledger.arrivals())
        for (_, state), count in counts.items():
            if state in {A.PENDING, A.PROCESSING, A.COMPLETED}:
                assert count == 1

    @invariant()
    def what_is_settled_never_returns_to_work(self):
        for arrival in self.ledger.arrivals():
            before = self.settled.get(arrival.id, arrival.state)
            assert arrival.state in {before, A.SUPERSEDED}
            if arrival.settled:
                self.settled[arrival.id] = arrival.state

    @invariant()
    def only_a_newer_generation_supersedes(self):
        arrivals = self.ledger.arrivals()
        for old in arrivals:
            if old.state is A.SUPERSEDED:
                assert any(
                    new.key == old.key and new.generation > old.generation for new in arrivals
                )

    def newest(self, key):
        found = [a for a in self.arrivals.values() if a.key == key and a.state is not A.DUPLICATE]
        return max(found, key=lambda a: a.generation, default=None)

    def add(self, new, state):
        generation = 1 + sum(a.key == new.key for a in self.arrivals.values())
        self.arrivals[new.id] = Known(
            new.key, new.raw, new.version, generation, state, new.landed_at
        )

    def held(self):
        return [(held, work) for work in self.manifests.values() for held in work.claims]

    def settle(self, held, receipt, parts):
        self.ledger.settle(held, receipt, parts, self.now)

    def end(self, work, state):
        for id_ in work.members:
            ended = self.arrivals[id_]
            ended.state = state
            for older in self.arrivals.values():
                if (
                    state is A.COMPLETED
                    and older.key == ended.key
                    and older.generation < ended.generation
                    and older.state not in {A.DUPLICATE, A.STALE}
                ):
                    older.state = A.SUPERSEDED

    @staticmethod
    def expected(held, work, allowed):
        if held.attempt != work.attempt:
            return LeaseLost
        return None if work.state in allowed else IllegalMove

    @staticmethod
    def attempted(call):
        try:
            call()
        except (LeaseLost, IllegalMove) as refused:
            return type(refused)
        return None


LedgerMachine.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestLedgerMachine = pytest.mark.slow(LedgerMachine.TestCase)
