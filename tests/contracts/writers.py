"""Processes that write to tables: all at once, or one that sleeps before its commit."""

from __future__ import annotations

import multiprocessing
from contextlib import contextmanager

from headwater import points
from headwater.errors import (
    HeadwaterError,
)
from headwater.ports.tables import Commit

SPAWN = multiprocessing.get_context("spawn")


def race(open_tables, jobs):
    """Do each job in a process of its own, all at once; answer how each ended."""
    barrier = SPAWN.Barrier(len(jobs))
    with SPAWN.Pool(len(jobs), initializer=_meet, initargs=(barrier,)) as pool:
        return pool.map(_do, [(open_tables, job) for job in jobs], chunksize=1)


def _meet(barrier):
    _do.barrier = barrier


def _do(job):
    open_tables, work = job
    tables = open_tables()
    tables.snapshot("nothing")
    _do.barrier.wait()
    try:
        if isinstance(work, Commit):
            return tables.commit(work).outcome.value
        tables.ensure("sales", work, ())
    except HeadwaterError as error:
        return error.code
    return "done"


@contextmanager
def asleep_before_its_commit(open_tables, commit):
    """A process that has looked and decided, and goes on when it is woken."""
    asleep, awake, answer = SPAWN.Event(), SPAWN.Event(), SPAWN.Queue()
    process = SPAWN.Process(target=_sleep, args=(open_tables, commit, asleep, awake, answer))

    def wake():
        awake.set()
        return answer.get(timeout=30)

    process.start()
    try:
        assert asleep.wait(timeout=30)
        yield wake
    finally:
        awake.set()
        process.join()


def _sleep(open_tables, commit, asleep, awake, answer):
    def reach(name):
        if name == "log.before_commit":
            asleep.set()
            awake.wait(timeout=30)

    points._trace, points._reach = "on", reach
    try:
        answer.put(open_tables().commit(commit).outcome.value)
    except HeadwaterError as error:
        answer.put(error.code)
