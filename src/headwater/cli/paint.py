"""Who puts a page where a person sees it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol, Self

from headwater.model.progress import Progress
from headwater.show.page import Page


class Painter(Protocol):
    """One stream, painted the way it can be."""

    @property
    def width(self) -> int | None:
        """How many characters a row holds; None where there is no limit."""
        ...

    def paint(self, page: Page) -> None:
        """Put a page there."""
        ...

    def watch(self) -> Watching:
        """Somebody to tell of progress, from `with` to its end."""
        ...


class Watching(Protocol):
    """Shows progress while it is entered."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def look(self, progress: Progress) -> None:
        """Take a look in."""
        ...

    def aside(self) -> AbstractContextManager[None]:
        """Make way for other words on the same terminal."""
        ...
