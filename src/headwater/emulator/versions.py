"""Deletions in a bucket whose versioning was suspended: a version goes alone, its neighbours stay.

The double takes such a bucket for one that never had versions: it removes all of a key's
versions, and breaks where one of them marks a deletion. On AWS what was kept before is kept.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

from moto.s3.models import S3Backend

from headwater.emulator.patch import Function, exchange

_SUSPENDED, _ENABLED = "Suspended", "Enabled"
_turn = Lock()


def install() -> None:
    """Let such a bucket delete as one that keeps versions."""

    def make(old: Function) -> Function:
        def delete_object(self: S3Backend, bucket_name: str, *args: Any, **named: Any) -> Any:
            bucket = self.get_bucket(bucket_name)
            with _turn:
                if getattr(bucket, "versioning_status", None) != _SUSPENDED:
                    return old(self, bucket_name, *args, **named)
                bucket.versioning_status = _ENABLED
                try:
                    return old(self, bucket_name, *args, **named)
                finally:
                    bucket.versioning_status = _SUSPENDED

        return delete_object

    exchange(S3Backend, "delete_object", make)
