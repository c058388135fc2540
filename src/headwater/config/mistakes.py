"""Mistakes in headwater.yaml: where each is, what is wrong, what would be right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from headwater.errors import ConfigError

Path = tuple[str | int, ...]
"""The way to a value: keys, and positions in lists."""

_SHOWN = 20
_LONGEST_VALUE = 80


class Wrong(ValueError):
    """A value that cannot be: what is wrong with it, and a hint at what would be right."""

    def __init__(self, what: str, hint: str | None = None, below: Path = ()) -> None:
        """Take both as sentences without a capital and a full stop, and where below the key."""
        super().__init__(what)
        self.hint = hint
        self.below = below


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong in the file."""

    line: int  # the first is 1
    path: Path
    what: str
    hint: str | None = None

    def at(self, where: str) -> str:
        """The sentence that names file, line, key, and what is wrong."""
        key = spell(self.path)
        return f"{where}:{self.line}: {key + ': ' if key else ''}{self.what}"


def refusal(where: str, mistakes: Iterable[Mistake]) -> ConfigError:
    """One error of all mistakes, a line each, in the order of the file."""
    ordered = sorted(set(mistakes), key=lambda mistake: (mistake.line, spell(mistake.path)))
    shown = ordered[:_SHOWN]
    sentences = [mistake.at(where) for mistake in shown]
    if len(ordered) > len(shown):
        sentences.append(f"{where}: {len(ordered) - len(shown)} more mistakes")
    hinted = [mistake for mistake in shown if mistake.hint]
    if len(ordered) == 1:
        hints = [mistake.hint or "" for mistake in hinted]
    else:
        hints = [f"line {mistake.line}: {mistake.hint}" for mistake in hinted]
    return ConfigError("\n".join(sentences), hint="\n".join(hints) or None)


def spell(path: Path) -> str:
    """A path as one reads it: feeds.sales.format; positions in lists are left out."""
    return ".".join(
        show(step) if step == "" else str(step) for step in path if step.__class__ is str
    )


def show(value: object) -> str:
    """A value as a message quotes it, cut where it is long."""
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 3]}..."


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The one of the words that was probably meant."""
    by_folded = {known.lower(): known for known in words}
    found = get_close_matches(word.lower(), by_folded, n=1)
    return by_folded[found[0]] if found else None


def line_of(path: Path, lines: Mapping[Path, int]) -> tuple[Path, int]:
    """The deepest place on the way to a path that the file has, and its line."""
    while path and path not in lines:
        path = path[:-1]
    return path, lines.get(path, 1)
