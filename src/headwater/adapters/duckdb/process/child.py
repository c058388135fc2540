"""The child process: reads jobs from stdin, answers on stdout, ends when stdin does."""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import shutil
import sys
import tempfile
import time
import traceback
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any

import duckdb

from headwater.adapters.duckdb.convert import convert
from headwater.adapters.duckdb.fault import translated
from headwater.adapters.duckdb.looking.peek import peek
from headwater.adapters.duckdb.looking.survey import survey
from headwater.adapters.duckdb.parts.compact import compact
from headwater.adapters.duckdb.parts.rewrite import rewrite
from headwater.adapters.duckdb.process.bounds import bind_job, bind_process
from headwater.adapters.duckdb.process.footprint import footprint, forget_peak, give_back
from headwater.errors import CheckFailed, EngineError, HeadwaterError
from headwater.model.codec import from_plain, to_plain
from headwater.model.feed import Feed
from headwater.model.progress import Progress
from headwater.ports.building import Building
from headwater.ports.engine import Compacting, Job, Limits, Rewriting
from headwater.ports.peek import PeekJob

_PACKAGE = Path(__file__).parents[3]


def main() -> None:
    """Answer one request after the other; temporary files go into the folder that is named."""
    faulthandler.enable()
    bind_process()
    tempfile.tempdir = sys.argv[1]
    voice = _Voice()
    requests: SimpleQueue[dict[str, Any]] = SimpleQueue()
    Thread(target=_listen, args=(requests,), daemon=True).start()
    try:
        while True:
            voice.say(_answer(requests.get(), voice))
    except BaseException:  # noqa: BLE001 - a common end aborts over the thread that listens
        traceback.print_exc()
        _end(1)


class _Voice:
    """stdout, kept for answers: whatever else prints goes to stderr."""

    def __init__(self) -> None:
        self._pipe = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)
        self._turn = Lock()

    def say(self, words: dict[str, Any]) -> None:
        with self._turn:
            self._pipe.write(json.dumps(words).encode() + b"\n")
            self._pipe.flush()

    def progress(self, progress: Progress) -> None:
        with contextlib.suppress(BrokenPipeError):
            self.say({"progress": to_plain(progress)})


def _listen(requests: SimpleQueue[dict[str, Any]]) -> None:
    """Hand on requests; the end of stdin means that nobody waits for an answer any more."""
    for line in sys.stdin.buffer:
        requests.put(json.loads(line))
    _end(0)


def _end(code: int) -> None:
    shutil.rmtree(sys.argv[1], ignore_errors=True)
    sys.stderr.flush()
    os._exit(code)


def _answer(request: dict[str, Any], voice: _Voice) -> dict[str, Any]:
    forget_peak()
    begun = time.process_time()
    try:
        done = _do(request, voice)
    except (HeadwaterError, duckdb.Error, OSError, MemoryError) as cause:
        return _told(translated(cause))
    except Exception as bug:  # noqa: BLE001 - the child's door: nobody else can say what it was
        return {**_told(_fault(bug, request)), "trace": traceback.format_exc()}
    give_back()
    resident, peak = footprint()
    return {
        "done": to_plain(done),
        "resident_bytes": resident,
        "peak_bytes": peak,
        "cpu_seconds": round(time.process_time() - begun, 3),
    }


def _do(request: dict[str, Any], voice: _Voice) -> object:
    if request["do"] == "convert":
        job = from_plain(Job, request["task"])
        bind_job(job.limits, sum(each.size_bytes for each in job.inputs))
        return convert(job, voice.progress)
    if request["do"] == "peek":
        look = from_plain(PeekJob, request["task"])
        bind_job(look.limits, _size_bytes(look.location))
        return peek(look, voice.progress)
    if request["do"] == "survey":
        location = request["task"]["location"]
        bind_job(Limits(), _size_bytes(location))
        return survey(location, from_plain(Feed, request["task"]["feed"]))
    if request["do"] == "compact":
        compacting = from_plain(Compacting, request["task"])
        bind_job(compacting.limits, sum(p.size_bytes for g in compacting.groups for p in g))
        return compact(compacting, voice.progress)
    if request["do"] == "build":
        # A fifth of what starting takes, which every other job would pay for.
        from headwater.adapters.duckdb.modelling.build import build  # noqa: PLC0415

        building = from_plain(Building, request["task"])
        read = (part for each in building.readings for part in each.snapshot.parts)
        bind_job(building.limits, sum(part.size_bytes for part in read))
        return build(building, voice.progress)
    rewriting = from_plain(Rewriting, request["task"])
    bind_job(rewriting.limits, sum(part.size_bytes for part in rewriting.parts))
    return rewrite(rewriting)


def _size_bytes(location: str) -> int:
    try:
        return Path(location).stat().st_size
    except OSError:
        return 0


def _told(error: HeadwaterError) -> dict[str, Any]:
    found = {"found": error.found} if isinstance(error, CheckFailed) else {}
    return {"error": type(error).__name__, "message": error.message, "hint": error.hint, **found}


def _fault(bug: Exception, request: dict[str, Any]) -> EngineError:
    """A fault of ours, with the file that it was found with and the place that it is in."""
    said = (str(bug).splitlines() or [""])[0]
    what = f"{type(bug).__name__}: {said}" if said else type(bug).__name__
    ours = [
        frame
        for frame in traceback.extract_tb(bug.__traceback__)
        if Path(frame.filename).is_relative_to(_PACKAGE)
    ]
    place = f" at {Path(ours[-1].filename).relative_to(_PACKAGE)}:{ours[-1].lineno}" if ours else ""
    return EngineError(
        f"{_subject(request)} could not be read because of a fault in the program{place}: {what}",
        hint="report it with what the log says; its bytes are kept as they are",
    )


def _subject(request: dict[str, Any]) -> str:
    task = request["task"]
    inputs = task.get("inputs", ())
    if len(inputs) == 1:
        return str(inputs[0]["key"])
    if inputs:
        return f"one of {len(inputs):,} files"
    return str(task.get("name") or task.get("location") or task.get("table_location"))


if __name__ == "__main__":
    main()
