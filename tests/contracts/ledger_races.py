"""What every ledger promises when processes race for it, and when they are killed."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from headwater.model.arrival import ArrivalState
from headwater.model.clock import utc_now
from headwater.points import ARM
from tests.contracts.work import (
    DAY,
    LEASE,
    NOW,
    SALES,
    arrive,
    claim,
    finish,
    limited,
    parts_of,
    receipt_of,
    sightings,
    start,
)

SPAWN = multiprocessing.get_context("spawn")
ROOT = Path(__file__).parents[2]
POINTS = [
    "ev.registered",
    "man.assigned",
    "claim.pre",
    "claim.post",
    "stage.pre",
    "stage.post",
    "ledger.pre",
    "ledger.post",
]


class RaceContract:
    """Races; a ledger that is reached over a network double may run them smaller."""

    PROCESSES = 32
    ARRIVALS = 10_000

    @pytest.mark.slow
    def test_eight_racing_claims_of_one_manifest_have_one_winner(self, ledger, open_ledger):
        for _ in range(3):
            arrive(ledger, *sightings(2, feed="sales", version=str(len(ledger.arrivals()))))
            ledger.batch(SALES, NOW, flush=True)

            winners = self.race(8, claim_once, open_ledger)

            assert len([attempt for attempt in winners if attempt]) == 1
            assert winners.count(1) == 1
            finish(ledger, claim(ledger, NOW + DAY))

    @pytest.mark.slow
    def test_eight_racing_registrations_of_the_same_objects_make_one_arrival_each(
        self, ledger, open_ledger
    ):
        outcomes = Counter()
        for found in self.race(8, register_once, open_ledger):
            outcomes.update(found)

        assert outcomes == {"new": 100, "known": 700}
        assert len(ledger.arrivals()) == 100

    @pytest.mark.slow
    def test_eight_racing_batches_put_each_arrival_in_one_manifest(self, ledger, open_ledger):
        arrivals = arrive(ledger, *sightings(100))

        self.race(8, batch_all, open_ledger)

        batched = [id_ for manifest in ledger.manifests() for id_ in manifest.arrivals]
        assert sorted(batched) == sorted(arrival.id for arrival in arrivals)

    @pytest.mark.slow
    def test_threads_of_one_process_share_a_ledger(self, ledger):
        held = start(ledger, *sightings(20))
        stop, renewed = threading.Event(), []

        def heartbeat():
            while not stop.is_set():
                ledger.renew(held, NOW + DAY)
                renewed.append(True)

        thread = threading.Thread(target=heartbeat)
        thread.start()
        for number in range(200):
            arrive(ledger, *sightings(1, version=str(number)))
        stop.set()
        thread.join()

        assert renewed
        assert ledger.manifest(held.manifest.id).lease_until == NOW + DAY

    @pytest.mark.slow
    def test_many_processes_settle_many_arrivals_once_each(self, ledger, open_ledger):
        fleet, count = self.PROCESSES, self.ARRIVALS
        with ProcessPoolExecutor(fleet, SPAWN) as pool:
            shares = [
                pool.submit(work_a_share, open_ledger, sightings(count)[share::fleet], count)
                for share in range(fleet)
            ]
            settled = Counter(id_ for share in shares for id_ in share.result(timeout=300))

        assert set(settled.values()) == {1}
        assert len(settled) == count
        arrivals = ledger.arrivals(limit=20_000)
        assert {arrival.id for arrival in arrivals} == set(settled)
        assert {arrival.state for arrival in arrivals} == {ArrivalState.COMPLETED}
        assert {manifest.attempt for manifest in ledger.manifests()} == {1}
        [standing] = ledger.standing()
        assert standing.rows_written == 9 * count

    @pytest.mark.slow
    @pytest.mark.parametrize("point", POINTS)
    def test_a_kill_between_any_two_steps_is_recovered_by_doing_the_work_again(
        self, ledger, open_ledger, worker_script, point
    ):
        killed = self.run_worker(worker_script, point)
        assert killed.returncode == -9, killed.stderr

        arrive(ledger, *sightings(3))
        done = work_until_done(ledger, NOW + DAY)

        assert len(ledger.arrivals()) == 3
        assert {arrival.state for arrival in ledger.arrivals()} == {ArrivalState.COMPLETED}
        assert len(ledger.receipts()) == 1
        assert len(done) <= 3

    @staticmethod
    def run_worker(script, point):
        return subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, ARM: point},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    @staticmethod
    def race(count, function, open_ledger):
        with SPAWN.Manager() as manager, ProcessPoolExecutor(count, SPAWN) as pool:
            gate = manager.Barrier(count)
            runs = [pool.submit(function, open_ledger, gate) for _ in range(count)]
            return [run.result(timeout=60) for run in runs]


def claim_once(open_ledger, gate):
    ledger = open_ledger()
    gate.wait(timeout=60)
    held = claim(ledger, NOW, f"w{os.getpid()}")
    return held and held.attempt


def register_once(open_ledger, gate):
    ledger = open_ledger()
    gate.wait(timeout=60)
    return [answer.outcome.value for answer in ledger.register(sightings(100))]


def batch_all(open_ledger, gate):
    ledger = open_ledger()
    gate.wait(timeout=60)
    while ledger.batch(limited(files=7), NOW, flush=True):
        pass


def work_a_share(open_ledger, mine, count):
    """Register a share of so many objects; then work until nothing is left anywhere."""
    ledger = open_ledger()
    for at in range(0, len(mine), 20):
        ledger.register(mine[at : at + 20])
    settled, idle = [], threading.Event()
    while True:
        settled += work_until_done(ledger, utc_now(), flush=False)
        counts = Counter(ledger.standing()[0].arrivals)
        if counts[ArrivalState.COMPLETED] == count:
            return settled
        if counts.total() == count:
            ledger.batch(limited(files=20), utc_now(), flush=True)
        idle.wait(0.2)


def work_until_done(ledger, now: datetime, *, flush=True):
    """Batch, claim, stage and settle what there is; answer the arrivals that were settled."""
    settled = []
    while True:
        ledger.batch(limited(files=20), now, flush=flush)
        held = ledger.claim(f"w{os.getpid()}", now, LEASE)
        if held is None:
            return settled
        receipt, parts = receipt_of(held), parts_of(held)
        ledger.stage(held, receipt, parts)
        ledger.settle(held, receipt, parts, now)
        settled += held.manifest.arrivals
