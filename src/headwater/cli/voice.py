"""Where words go: data to stdout, talk to stderr; for a person, a file or a program."""

from __future__ import annotations

import json
import os
import sys
from functools import cached_property
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from headwater.cli.paint import Painter
    from headwater.show.page import Page


class Voice:
    """One command's stdout and stderr, and how each may be written to."""

    def __init__(self, *, as_json: bool) -> None:
        """Take whether stdout is for a program."""
        self.as_json = as_json

    @cached_property
    def data(self) -> Painter:
        """How pages are painted on stdout."""
        return _painter(sys.stdout)

    @cached_property
    def talk(self) -> Painter:
        """How pages are painted on stderr."""
        return _painter(sys.stderr)

    def answer(self, page: Page, document: Any) -> None:
        """Give the command's answer: the page to a person, the document to a program."""
        if self.as_json:
            self.document(document)
        else:
            self.data.paint(page)

    def document(self, document: Any) -> None:
        """Write one JSON document to stdout."""
        sys.stdout.write(f"{spell(document, indent=2)}\n")

    def line(self, document: Any) -> None:
        """Write one JSON line to stdout, at once."""
        sys.stdout.write(f"{spell(document)}\n")
        sys.stdout.flush()

    def say(self, page: Page) -> None:
        """Talk to whoever watches."""
        self.talk.paint(page)

    def murmur(self, text: str) -> None:
        """Say one line on stderr from where nothing may be locked: a signal's handler."""
        os.write(2, f"\n{text}\n".encode())


def spell(document: Any, indent: int | None = None) -> str:
    """JSON as RFC 8259 has it; beyond ASCII only where stdout is UTF-8."""
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    return json.dumps(document, indent=indent, ensure_ascii=not utf8, allow_nan=False)


def is_screen(stream: TextIO) -> bool:
    """Whether a person watches a terminal that knows more than ASCII and a line feed."""
    if not stream.isatty() or os.environ.get("TERM", "") in {"dumb", "unknown", ""}:
        return False
    return (stream.encoding or "").lower().replace("-", "") == "utf8"


def _painter(stream: TextIO) -> Painter:
    if is_screen(stream):
        from headwater.cli.screen import Screen  # noqa: PLC0415 - rich is for screens

        return Screen(stream)
    from headwater.cli.plain import Plain  # noqa: PLC0415 - one of the two is needed

    return Plain(stream)
