"""Whether a store keeps what the lake stands on: of two writes of one name, one is refused."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress

from headwater.adapters.objects.bucket import Bucket
from headwater.adapters.objects.writing import ask_again, new_mark, write_once
from headwater.errors import HeadwaterError, ObjectExists, UnfitStore

_MARK = ".probe-"
_FIRST, _SECOND = b"first", b"second"


def probe(bucket: Bucket, folder: str = "") -> None:
    """Write one key twice in each way that objects are written; UnfitStore if it is taken twice.

    The folder is empty or ends with a slash. The key is a hidden one: who lists or hears of
    objects passes it over.
    """
    key = f"{folder}{_MARK}{secrets.token_hex(8)}"
    where = bucket.url + folder
    try:
        _put(bucket, key, _FIRST)
        if _takes(lambda: _put(bucket, key, _SECOND)):
            raise _unfit(where, "it takes one name twice, and the first object is lost")
        if _takes(lambda: _send(bucket, key, _SECOND)):
            raise _unfit(where, "it takes a name twice where an object is sent in pieces")
        if ask_again(lambda: bucket.get(key, 0, None)) != _FIRST:
            raise _unfit(where, "it refuses to take a name twice, and replaces the object")
    finally:
        with suppress(HeadwaterError):
            bucket.delete(key)


def is_probe(key: str) -> bool:
    """Whether it is such a key, which a bucket may tell of."""
    return key.rpartition("/")[2].startswith(_MARK)


def _put(bucket: Bucket, key: str, body: bytes) -> None:
    mark = new_mark()
    write_once(bucket, key, mark, lambda: bucket.put(key, body, mark))


def _send(bucket: Bucket, key: str, body: bytes) -> None:
    mark = new_mark()
    upload = bucket.begin(key, mark)
    try:
        ask_again(lambda: upload.add(1, body))
        write_once(bucket, key, mark, upload.complete)
    except BaseException:
        upload.abort()
        raise


def _takes(write: Callable[[], None]) -> bool:
    try:
        write()
    except ObjectExists:
        return False
    return True


def _unfit(where: str, why: str) -> UnfitStore:
    return UnfitStore(
        f"{where} cannot be in a lake: {why}",
        hint="use a store that honours If-None-Match whenever an object is written, as S3 does",
    )
