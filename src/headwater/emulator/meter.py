"""How often each service of the box was asked for what: the calls that AWS would bill."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from threading import Lock
from typing import Any

from headwater.emulator.box import ACCOUNT

WRITE_UNITS, READ_UNITS = "dynamodb:write_units", "dynamodb:read_units"

_KEY = re.compile(r"Credential=(\d{12})/")


class Meter:
    """Counts of each account since it last asked for them to begin at nothing."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)
        self._lock = Lock()

    def note(self, account: str, name: str, count: float = 1) -> None:
        """Count what was asked."""
        with self._lock:
            self._counts[account][name] += count  # type: ignore[assignment]

    def told(self, account: str) -> dict[str, float]:
        """What an account has asked for."""
        with self._lock:
            return dict(self._counts[account])

    def forget(self, account: str) -> None:
        """Begin at nothing."""
        with self._lock:
            self._counts.pop(account, None)


def account_of(environ: dict[str, Any]) -> str:
    """Whose call it is."""
    found = _KEY.search(str(environ.get("HTTP_AUTHORIZATION", "")))
    return found[1] if found else ACCOUNT


def billed_as(environ: dict[str, Any], service: str, operation: str) -> str:
    """What a call is called on a bill: of S3 the method, and LIST for what asks a bucket."""
    path = str(environ.get("PATH_INFO", "")).strip("/")
    if service == "s3" and operation == "GET" and "/" not in path:
        return "s3:LIST"
    return f"{service}:{operation}"
