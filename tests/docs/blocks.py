"""What stands on a page: files, sessions of a shell, and Python that is run as it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLOCK = re.compile(r"^```(\S+)(?: file=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SHOWN = re.compile(r"^(?P<code>[\w\[][^#\n]*?)  # (?P<said>.+)$")
_WORDS = re.compile(r"[:;] ")
"""What follows behind a value is said to people."""


@dataclass(frozen=True)
class Block:
    kind: str
    file: str | None
    text: str


def blocks(page):
    found = _BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [Block(*each.groups()) for each in found]


def run_python(block, names):
    """Run it, and look at each line that says in a comment what it gives."""
    exec(compile(block.text, "page", "exec"), names)  # noqa: S102 - the page's own code
    for line in block.text.splitlines():
        shown = _SHOWN.match(line)
        if shown is None or " = " in line:
            continue
        value = _spelled(eval(shown["code"], names))  # noqa: S307 - the page's own code
        assert value in {shown["said"], _WORDS.split(shown["said"])[0]}, f"{line}: {value}"


def _spelled(value):
    return repr(str(value)) if isinstance(value, str) else repr(value)
