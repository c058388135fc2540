"""Who is told of events: a program, a file, an address."""

from __future__ import annotations

from typing import Any, Protocol

from headwater.model.notify import Notify


class Notifier(Protocol):
    """Tells of events."""

    @property
    def notify(self) -> Notify:
        """What the configuration says of it."""
        ...

    def tell(self, document: dict[str, Any]) -> None:
        """Tell of one event; when it returns, whoever it is for has it.

        NotifyFailed says why that is not so, without a secret in it. An event may be told
        twice, after a crash or a lost answer: its `id` says so.
        """
        ...
