"""Watch files that others convert, until each of them is settled."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from threading import Event

from headwater.cli.outcome import Outcome, settled_elsewhere
from headwater.cli.voice import Voice
from headwater.errors import LedgerError
from headwater.lake import Lake
from headwater.model.arrival import Arrival, ArrivalState
from headwater.show.page import Mark, Span, Tone, line

LOOK_SECONDS = 0.5
PATIENCE_SECONDS = 5.0
"""So long after its batch is due a file may lie there before the person is told."""


def follow(
    voice: Voice,
    lake: Lake,
    feed: str,
    waiting: Sequence[Arrival],
) -> Outcome:
    """Show how far the files have come until all are settled, whoever converts them."""
    age = next((each.batch.age for each in lake.feeds if each.name == feed), timedelta())
    due = time.monotonic() + age.total_seconds() + PATIENCE_SECONDS
    told = False
    nap = Event()
    with voice.talk.watch() as watching:
        while True:
            arrivals = lake.arrivals([each.id for each in waiting])
            if len(arrivals) < len(waiting):
                raise LedgerError(
                    "the ledger no longer knows of files that had landed",
                    hint="headwater reconcile finds them again in the raw zone",
                )
            if all(each.settled for each in arrivals):
                return Outcome(settled_elsewhere(lake, feed, (), arrivals), arrivals=arrivals)
            watching.look(lake.underway(feed, arrivals))
            idle = all(each.state is ArrivalState.PENDING for each in arrivals)
            if idle and not told and time.monotonic() > due:
                told = True
                with watching.aside():
                    command = Span("headwater work", Tone.COMMAND)
                    voice.say((line(Mark.WAIT, " nobody has taken them up yet: ", command),))
            nap.wait(LOOK_SECONDS)
