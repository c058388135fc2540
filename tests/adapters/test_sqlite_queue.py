"""SqliteQueue keeps the queue's contract; several share a file, and it outlives its process."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from headwater.adapters.sqlite import SqliteQueue
from headwater.ports.queue import Depth
from tests.contracts.queue import MINUTE, QueueContract


class Clock:
    def __init__(self):
        # Behind the machine's clock, so that what is sent here is visible to other processes.
        self.time = datetime(2025, 4, 2, tzinfo=UTC)

    def __call__(self):
        return self.time

    def move(self, span: timedelta):
        self.time += span


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def pass_time(clock):
    return clock.move


@pytest.fixture
def queue(tmp_path, clock):
    queue = SqliteQueue(tmp_path / "queue.db", max_receives=3, clock=clock)
    yield queue
    queue.close()


@pytest.fixture
def open_queue(tmp_path):
    return partial(SqliteQueue, tmp_path / "queue.db")


class TestSqliteQueue(QueueContract):
    """Every promise of the contract."""


def test_queues_of_other_names_in_the_same_file_do_not_mix(tmp_path, queue, clock):
    other = SqliteQueue(tmp_path / "queue.db", name="other", clock=clock)
    queue.send(["ours"])
    [ours] = queue.receive(hidden_for=MINUTE)

    other.delete([ours.handle])

    assert other.receive(hidden_for=MINUTE) == []
    assert queue.depth() == Depth(waiting=0, in_flight=1, dead=0)
    other.close()


def test_messages_outlive_the_queue_that_took_them(tmp_path, queue, clock):
    queue.send(["a"])
    queue.close()

    again = SqliteQueue(tmp_path / "queue.db", clock=clock)

    assert [message.body for message in again.receive(hidden_for=MINUTE)] == ["a"]
    again.close()
