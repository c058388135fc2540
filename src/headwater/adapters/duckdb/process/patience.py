"""Waiting for DuckDB so that Ctrl-C ends the wait: some of its work never looks for signals."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import TYPE_CHECKING, TypeVar

from headwater.ports.question import QUESTION_THREAD

if TYPE_CHECKING:
    import duckdb

T = TypeVar("T")

_TRIES = 20
_TRY_SECONDS = 0.05


def patiently(connection: duckdb.DuckDBPyConnection, work: Callable[[], T]) -> T:
    """Do the work in a thread beside this one, and interrupt it if this one is interrupted."""
    answers: list[T] = []
    failures: list[BaseException] = []
    done = Event()

    def run() -> None:
        try:
            answers.append(work())
        except BaseException as failure:  # noqa: BLE001 - raised again in the thread that waits
            failures.append(failure)
        finally:
            done.set()

    Thread(target=run, name=QUESTION_THREAD, daemon=True).start()
    try:
        done.wait()
    except BaseException:
        for _ in range(_TRIES):  # one that comes before the work has begun is not heeded
            connection.interrupt()
            if done.wait(_TRY_SECONDS):
                break
        raise
    if failures:
        raise failures[0]
    return answers[0]
