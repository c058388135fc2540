"""Numbers as a feed says that its files spell them, in SQL."""

from __future__ import annotations

import re
from dataclasses import dataclass

from headwater.adapters.duckdb import quote

_KINDS = frozenset({"smallint", "int", "bigint", "decimal", "real", "double"})


@dataclass(frozen=True, slots=True)
class Numbers:
    """What stands before a number's fraction, and between its thousands."""

    decimal: str = "."
    grouping: str = ""

    def of(self, kind: str, text: str) -> str:
        """A text that is to be of that kind, spelled as SQL casts it."""
        return self.spelled(text) if kind in _KINDS else text

    def spelled(self, text: str) -> str:
        """The text with a point before the fraction, and nothing between thousands.

        One that breaks the rules is spelled as no number is.
        """
        if self == _PLAIN:
            return text
        foreign = [mark for mark in (self.grouping, ".") if mark and mark != self.decimal]
        denied = " OR ".join(f"contains({text}, {quote.text(mark)})" for mark in foreign)
        never = f"WHEN {denied} THEN '?' || {text} " if denied else ""
        return f"(CASE {self._grouped(text)}{never}ELSE {self._pointed(text)} END)"

    def _grouped(self, text: str) -> str:
        if not self.grouping:
            return ""
        pattern = (
            rf"[-+]?\d{{1,3}}({re.escape(self.grouping)}\d{{3}})+({re.escape(self.decimal)}\d+)?"
        )
        bare = f"replace({text}, {quote.text(self.grouping)}, '')"
        matches = f"regexp_full_match({text}, {quote.text(pattern)})"
        return f"WHEN {matches} THEN {self._pointed(bare)} "

    def _pointed(self, text: str) -> str:
        if self.decimal == ".":
            return text
        return f"replace({text}, {quote.text(self.decimal)}, '.')"


_PLAIN = Numbers()
