"""The clock of the box: the machine's, and as far ahead of it as it was pushed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """What time it is in the box."""

    def __init__(self) -> None:
        """Begin with the machine's time."""
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The time, in UTC."""
        return datetime.now(UTC) + self._ahead

    def naive(self) -> datetime:
        """The time in UTC as the double keeps it, without a zone."""
        return self.now().replace(tzinfo=None)

    def push(self, seconds: float) -> None:
        """Let so much time have passed."""
        self._ahead += timedelta(seconds=seconds)
