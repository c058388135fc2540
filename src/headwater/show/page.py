"""A page: lines and sheets that say what is meant, and leave to each face how it looks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum


class Tone(StrEnum):
    """What a piece of text means, as a colour tells it."""

    PLAIN = "plain"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    DIM = "dim"
    STRONG = "strong"
    COMMAND = "command"  # what a person may type


class Mark(Enum):
    """A sign: on a screen, and where only ASCII is safe."""

    GOOD = ("✓", "ok", Tone.GOOD)
    WARN = ("!", "! ", Tone.WARN)
    BAD = ("✗", "X ", Tone.BAD)
    WAIT = ("○", "- ", Tone.DIM)
    STEM = ("│", "| ", Tone.DIM)
    ARROW = ("→", "->", Tone.DIM)

    @property
    def sign(self) -> str:
        """As a screen shows it."""
        return self.value[0]

    @property
    def ascii(self) -> str:
        """Where only ASCII is safe: two characters, so that lines stay aligned."""
        return self.value[1]

    @property
    def tone(self) -> Tone:
        """What it means."""
        return self.value[2]


@dataclass(frozen=True, slots=True)
class Span:
    """Some text and what it means."""

    text: str
    tone: Tone = Tone.PLAIN


Piece = str | Span | Mark


@dataclass(frozen=True, slots=True)
class Line:
    """Pieces one after another; where they are too long, the rest goes on below that place."""

    pieces: tuple[Piece, ...] = ()
    hang: int = 0  # characters from the left


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's name, the type below it, and on which side its figures end."""

    name: str
    right: bool = False
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table; a row of it may end early."""

    headings: tuple[Heading, ...]
    rows: tuple[tuple[Piece, ...], ...]


Page = tuple[Line | Sheet, ...]


def line(*pieces: Piece, hang: int = 0) -> Line:
    """A line of these pieces."""
    return Line(pieces, hang)


def strong(text: str) -> Span:
    """Text that stands out."""
    return Span(text, Tone.STRONG)


def dim(text: str) -> Span:
    """Text that steps back."""
    return Span(text, Tone.DIM)


def toned(text: str, tone: Tone, *, when: bool = True) -> Span:
    """Text of that tone where there is a reason for it, plain text where there is none."""
    return Span(text, tone if when else Tone.PLAIN)


def sheet(headings: Sequence[Heading], rows: Iterable[Sequence[Piece]]) -> Sheet:
    """A table of these rows."""
    return Sheet(tuple(headings), tuple(tuple(row) for row in rows))


def text_of(piece: Piece) -> str:
    """The bare text of a piece, signs in ASCII."""
    if isinstance(piece, Mark):
        return piece.ascii
    return piece if isinstance(piece, str) else piece.text


BLANK = Line()
