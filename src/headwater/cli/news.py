"""How a worker's news is passed on: painted for a person, as JSON lines, or to the crew's head."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from typing import Any, Self

from headwater.cli.outcome import failure_document, receipt_document
from headwater.cli.voice import Voice
from headwater.errors import HeadwaterError
from headwater.flow.attempt import Failed
from headwater.model.codec import from_plain, to_plain
from headwater.model.manifest import Claim
from headwater.model.progress import Progress
from headwater.model.receipt import Receipt
from headwater.show.page import BLANK
from headwater.show.receipts import failed_page, receipt_page

EVERY_SECONDS = 0.25


class News(ABC):
    """Takes a worker's news while it is entered."""

    told_all = False
    """Whether everything was passed on when it came, and nothing is left to be said at the end."""

    def __init__(self, voice: Voice) -> None:
        """Take where the news goes."""
        self._voice = voice
        self._watching = voice.talk.watch()

    def __enter__(self) -> Self:
        self._watching.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._watching.__exit__()

    def look(self, progress: Progress) -> None:
        """Take a look at work under way."""
        self._watching.look(progress)

    @abstractmethod
    def told(self, news: Receipt | Failed) -> None:
        """Take a receipt, or an attempt that came to nothing."""


class Papers(News):
    """For a person: receipts as they come."""

    def told(self, news: Receipt | Failed) -> None:
        """Show it."""
        self.told_all = True
        with self._watching.aside():
            if isinstance(news, Receipt):
                self._voice.data.paint((*receipt_page(news), BLANK))
            else:
                self._voice.say(failed_page(news))


class Lines(News):
    """For a program: one JSON line for each, where there is no end to wait for."""

    def __init__(self, voice: Voice, *, each: bool) -> None:
        """Take whether every piece of news is a line."""
        super().__init__(voice)
        self.told_all = each

    def told(self, news: Receipt | Failed) -> None:
        """Write it."""
        if self.told_all:
            self._voice.line(_plain(news))


class Pipe(News):
    """For the head of a crew: everything, progress too."""

    told_all = True

    def __init__(self, voice: Voice) -> None:
        """Take where the news goes."""
        super().__init__(voice)
        self._said = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def look(self, progress: Progress) -> None:
        """Pass it on, a few times a second."""
        now = time.monotonic()
        if now - self._said >= EVERY_SECONDS:
            self._said = now
            self._voice.line({"progress": to_plain(progress)})

    def told(self, news: Receipt | Failed) -> None:
        """Pass it on."""
        if isinstance(news, Receipt):
            self._voice.line({"receipt": to_plain(news)})
        else:
            plain = {"claim": to_plain(news.claim), "error": to_plain(news.error)}
            self._voice.line({"failed": {**plain, "dead": news.dead}})


def receive(line: dict[str, Any]) -> Receipt | Failed | None:
    """Read what a worker of the crew passed on; None where it was something else."""
    if "receipt" in line:
        return from_plain(Receipt, line["receipt"])
    if "failed" in line:
        failed = line["failed"]
        error = HeadwaterError(failed["error"]["message"], hint=failed["error"]["hint"])
        error.code = failed["error"]["code"]
        return Failed(from_plain(Claim, failed["claim"]), error, dead=failed["dead"])
    return None


def _plain(news: Receipt | Failed) -> dict[str, Any]:
    return receipt_document(news) if isinstance(news, Receipt) else failure_document(news)
