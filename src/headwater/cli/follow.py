"""Watch files that others convert, until each of them is settled."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from threading import Event

from headwater.cli.outcome import Outcome, settled_elsewhere
from headwater.cli.voice import Voice
from headwater.lake import Lake
from headwater.model.arrival import Arrival, ArrivalState
from headwater.model.progress import Progress
from headwater.model.receipt import Receipt
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
            receipts = settled_elsewhere(lake, feed, (), arrivals)
            watching.look(_progress(feed, arrivals, receipts))
            if all(each.settled for each in arrivals):
                return Outcome(receipts, arrivals=arrivals)
            idle = all(each.state is ArrivalState.PENDING for each in arrivals)
            if idle and not told and time.monotonic() > due:
                told = True
                with watching.aside():
                    command = Span("headwater work", Tone.COMMAND)
                    voice.say((line(Mark.WAIT, " nobody has taken them up yet: ", command),))
            nap.wait(LOOK_SECONDS)


def _progress(feed: str, arrivals: Sequence[Arrival], receipts: Sequence[Receipt]) -> Progress:
    settled = [each for each in arrivals if each.settled]
    wanted = {each.id for each in arrivals}
    files = [file for receipt in receipts for file in receipt.files if file.arrival in wanted]
    converting = any(each.state is ArrivalState.PROCESSING for each in arrivals)
    return Progress(
        stage="converting" if converting else "waiting for its batch:",
        subject=feed,
        done_bytes=sum(each.size_bytes for each in settled),
        total_bytes=sum(each.size_bytes for each in arrivals),
        rows=sum(file.books.counted for file in files),
        done_files=len(settled),
        total_files=len(arrivals),
    )
