"""A write that is made once, whatever becomes of its replies.

A service may do what it was asked and lose the reply; asked again, it then answers that the
key is taken. So each write bears a mark of its own, and after such an answer, or after none,
the object is looked at before anything is said: our mark means that the write is in.
"""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable
from typing import TypeVar

from headwater.adapters.objects.bucket import Bucket, Doubtful, Found
from headwater.errors import ObjectExists, StoreError

TRIES = 5
_FIRST_PAUSE_SECONDS = 0.1

Pause = Callable[[float], None]
_Answer = TypeVar("_Answer")


def new_mark() -> str:
    """A mark that no other write has."""
    return secrets.token_hex(16)


def write_once(
    bucket: Bucket, key: str, mark: str, write: Callable[[], None], pause: Pause = time.sleep
) -> Found:
    """Write until it is known what is there; ObjectExists where that is somebody else's."""
    refused: StoreError = _vanished(key)
    for attempt in range(TRIES):
        try:
            write()
        except ObjectExists as refusal:
            refused = refusal
        except Doubtful as doubt:
            refused = doubt.error
        found = bucket.find(key)
        if found is not None:
            if found.mark == mark:
                return found
            raise taken(key)
        if attempt < TRIES - 1:  # it is gone by now, or never came: both free the key
            pause(pause_seconds(attempt))
    raise refused


def ask_again(ask: Callable[[], _Answer], pause: Pause = time.sleep) -> _Answer:
    """Ask until the answer is whole; asking changes nothing."""
    for attempt in range(TRIES - 1):
        try:
            return ask()
        except Doubtful:
            pause(pause_seconds(attempt))
    try:
        return ask()
    except Doubtful as doubt:
        raise doubt.error from doubt


def pause_seconds(attempt: int) -> float:
    """How long to wait: longer each time, and never as long as others do."""
    return _FIRST_PAUSE_SECONDS * float(1 << attempt) * random.uniform(0.5, 1.5)


def taken(key: str) -> ObjectExists:
    """The refusal of a key that another object has."""
    return ObjectExists(
        f"{key} is there already", hint="look at what is there; nothing was changed"
    )


def _vanished(key: str) -> StoreError:
    return StoreError(
        f"{key} was put and is not there: somebody removes it, or the store lies",
        hint="see who else writes to the bucket, then try again",
    )
