"""Lines passed over as comments: how many there are, and where the first of them stand."""

from __future__ import annotations

from dataclasses import dataclass, field

_SHOWN = 3


@dataclass(slots=True)
class Comments:
    """The comments of a stretch of text."""

    count: int = 0
    first: list[int] = field(default_factory=list)  # lines, from 1

    def add(self, line: int) -> None:
        """One more, on that line."""
        self.count += 1
        if len(self.first) < _SHOWN:
            self.first.append(line)

    def add_all(self, behind: Comments) -> None:
        """Those of the stretch that follows."""
        self.count += behind.count
        self.first += behind.first[: _SHOWN - len(self.first)]

    def note(self) -> str | None:
        """What a receipt says of them; nothing where there are none."""
        if not self.count:
            return None
        lines = ", ".join(f"{line:,}" for line in self.first)
        if self.count == 1:
            return f"1 comment passed over, on line {lines}"
        some = "" if self.count <= _SHOWN else "the first "
        return f"{self.count:,} comments passed over, {some}on lines {lines}"
