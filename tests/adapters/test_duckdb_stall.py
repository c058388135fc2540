"""A child that is stuck ends itself, and one that works never does."""

from __future__ import annotations

from headwater.adapters.duckdb.process.progress import Stall

HOUR = 3600


def lasts(looks):
    stall = Stall()
    return [stall.lasts(*look) for look in looks]


def test_neither_bytes_nor_work_for_minutes_is_a_stall():
    assert lasts((7, 1.0, second) for second in range(0, 200, 10))[-1]


def test_while_bytes_are_read_there_is_no_stall():
    assert not any(lasts((second, 1.0, second) for second in range(0, HOUR, 10)))


def test_while_something_is_computed_there_is_no_stall():
    assert not any(lasts((7, second / 10, second) for second in range(0, HOUR, 10)))


def test_looking_on_is_no_work():
    assert lasts((7, second / 1000, second) for second in range(0, 200, 10))[-1]
