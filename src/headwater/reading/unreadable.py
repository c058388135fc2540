"""The refusal of a whole file."""

from __future__ import annotations

from headwater.model.arrival import Cause


class Unreadable(Exception):
    """The file cannot be read at all; its cause says why and what to do about it."""

    def __init__(self, code: str, message: str) -> None:
        """Take the stable code and the sentence of the cause."""
        super().__init__(code, message)
        self.cause = Cause(code, message)

    def __str__(self) -> str:
        return f"{self.cause.code}: {self.cause.message}"
