"""A crew: worker processes of this very program, and what they tell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from headwater.cli.news import News, receive
from headwater.cli.signals import Stopping
from headwater.errors import EngineDied
from headwater.flow.attempt import Failed
from headwater.flow.work import Done
from headwater.model.codec import from_plain
from headwater.model.progress import ELSEWHERE, WAITING, Progress
from headwater.model.receipt import Receipt

GRACE_SECONDS = 10.0
_LOOK_SECONDS = 0.2

_Told = tuple[int, dict[str, Any] | None]
"""Which worker, and what it told; None: it has ended."""


class Crew:
    """So many workers. Each stops when its stdin ends, so none outlives this process for long."""

    def __init__(
        self,
        folder: Path,
        workers: int,
        feeds: Sequence[str],
        more: Sequence[str] = (),
        *,
        until_idle: bool,
    ) -> None:
        """Take what each of them is to do."""
        words = ["work", "--in-crew", "-C", str(folder.absolute())]
        words += [word for feed in feeds for word in ("--feed", feed)]
        words += more
        self._command = [sys.executable, "-m", "headwater", *words]
        if until_idle:
            self._command.append("--until-idle")
        self._workers = workers
        self._progress: dict[int, Progress] = {}

    def work(self, stop: Stopping, news: News) -> Done:
        """Start the workers, pass on what they tell, and wait for their end."""
        done = Done()
        told: SimpleQueue[_Told] = SimpleQueue()
        crew = [self._start() for _ in range(self._workers)]
        try:
            for number, worker in enumerate(crew):
                Thread(target=_listen, args=(number, worker, told), daemon=True).start()
            self._pass_on(crew, told, stop, news, done)
        finally:
            for worker in crew:
                _end(worker)
        return done

    def _start(self) -> subprocess.Popen[bytes]:
        # A session of its own: the terminal's Ctrl-C is for this process to pass on.
        return subprocess.Popen(  # noqa: S603 - this very program
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )

    def _pass_on(
        self,
        crew: Sequence[subprocess.Popen[bytes]],
        told: SimpleQueue[_Told],
        stop: Stopping,
        news: News,
        done: Done,
    ) -> None:
        left = len(crew)
        while left:
            if stop.event.is_set():
                for worker in crew:
                    _let_go(worker)
            try:
                number, what = told.get(timeout=_LOOK_SECONDS)
            except Empty:
                continue
            if what is None:
                left -= 1
                self._progress.pop(number, None)
                _check(crew[number], stop)
            else:
                self._take(number, what, news, done)

    def _take(self, number: int, what: dict[str, Any], news: News, done: Done) -> None:
        if "progress" in what:
            self._progress[number] = from_plain(Progress, what["progress"])
            news.look(self._together())
            return
        heard = receive(what)
        if isinstance(heard, Receipt):
            done.receipts.append(heard)
        elif isinstance(heard, Failed):
            done.failures.append(heard)
        if heard is not None:
            self._progress.pop(number, None)
            news.told(heard)

    def _together(self) -> Progress:
        """What all workers are at, as one."""
        every = [each for each in self._progress.values() if each not in {WAITING, ELSEWHERE}]
        if not every:
            return WAITING
        return Progress(
            stage=every[-1].stage,
            subject=f"by {len(every)} of {self._workers} workers",
            done_bytes=sum(each.done_bytes for each in every),
            total_bytes=sum(each.total_bytes for each in every),
            rows=sum(each.rows for each in every),
        )


def _listen(number: int, worker: subprocess.Popen[bytes], told: SimpleQueue[_Told]) -> None:
    try:
        for text in worker.stdout or ():
            if text.endswith(b"\n"):  # else it was ended in the middle of a word
                told.put((number, json.loads(text)))
    finally:  # whatever it said last, nobody may wait for it for ever
        worker.wait()
        told.put((number, None))


def _let_go(worker: subprocess.Popen[bytes]) -> None:
    """Have a worker finish what it has in hand."""
    if worker.stdin is not None and not worker.stdin.closed:
        worker.stdin.close()


def _end(worker: subprocess.Popen[bytes]) -> None:
    """End a worker that is still there: asked twice, then without asking."""
    _let_go(worker)
    if worker.poll() is not None:
        return
    worker.terminate()
    worker.terminate()
    try:
        worker.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()


def _check(worker: subprocess.Popen[bytes], stop: Stopping) -> None:
    """A worker that a signal ended has not done what it was to do; others take its work up."""
    if worker.returncode < 0 and not stop.event.is_set():
        raise EngineDied(
            f"worker process {worker.pid} was ended by signal {-worker.returncode}",
            hint="nothing is lost: run `headwater work` again, and look for the memory it had",
        )
