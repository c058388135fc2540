"""Versions of objects: deletions where versioning was suspended, and keys as a listing spells them.

The double takes such a bucket for one that never had versions: it removes all of a key's
versions, and breaks where one of them marks a deletion. On AWS what was kept before is kept.
And it spells keys in a listing of versions as they are, whatever spelling was asked for.
"""

from __future__ import annotations

from threading import Lock
from typing import Any
from urllib.parse import quote

from moto.core.responses import ActionResult
from moto.s3.models import S3Backend
from moto.s3.responses import S3Response

from headwater.emulator.patch import Function, exchange

_SUSPENDED, _ENABLED = "Suspended", "Enabled"
_turn = Lock()


def install() -> None:
    """Let such a bucket delete as one that keeps versions, and listings spell keys as asked."""

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
    exchange(S3Response, "list_object_versions", _spelling)


def _spelling(old: Function) -> Function:
    def list_object_versions(self: Any) -> Any:
        if self.querystring.get("encoding-type") != ["url"]:
            return old(self)
        plain = self.serialized
        self.serialized = lambda result: plain(ActionResult(_spelled(result.result)))
        try:
            return old(self)
        finally:
            del self.serialized

    return list_object_versions


def _spelled(told: dict[str, Any]) -> dict[str, Any]:
    names = ("Prefix", "Delimiter", "KeyMarker", "NextKeyMarker")
    spelled: dict[str, Any] = {name: quote(told[name]) for name in names if told.get(name)}
    for kind, name in (("Versions", "Key"), ("DeleteMarkers", "Key"), ("CommonPrefixes", "Prefix")):
        if kind in told:
            spelled[kind] = [{**each, name: quote(each[name])} for each in told[kind]]
    return {**told, **spelled, "EncodingType": "url"}
