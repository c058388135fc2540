"""Whether word of a file gets through: one that asks is put, and its answer waited for."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from typing import Any

from headwater.adapters.aws.door import VENDOR, code_of, door
from headwater.adapters.aws.settings import AwsSettings
from headwater.errors import StoreError
from headwater.model.smoke import PREFIX

PATIENCE_SECONDS = 180
"""A queue's mapping takes up to a minute to begin, and a cold function some seconds."""

_LOOK_SECONDS = 0.5
_ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})


def heard(
    buckets: Mapping[str, str], settings: AwsSettings, patience_seconds: float = PATIENCE_SECONDS
) -> str:
    """How long it took; StoreError where no answer comes. Neither object is left there."""
    client = settings.client("s3")
    raw, answers, name = buckets["raw"], buckets["manifests"], f"{PREFIX}{uuid.uuid4().hex}"
    began = time.monotonic()
    with door(f"s3://{raw}/{name}"):
        client.put_object(Bucket=raw, Key=name, Body=b"is this heard?\n")
        try:
            while not _is_there(client, answers, name):
                if time.monotonic() - began > patience_seconds:
                    raise StoreError(
                        f"a file was put into {raw}, and no function heard of it in "
                        f"{patience_seconds:g} s",
                        hint="look at the bucket's notification, the queue and the log of arrivals",
                    )
                time.sleep(_LOOK_SECONDS)
        finally:
            for bucket in (raw, answers):
                _remove(client, bucket, name)
    return f"a file was heard of after {time.monotonic() - began:.1f} s"


def _is_there(client: Any, bucket: str, name: str) -> bool:
    try:
        client.head_object(Bucket=bucket, Key=name)
    except VENDOR as error:
        if code_of(error) in _ABSENT:
            return False
        raise
    return True


def _remove(client: Any, bucket: str, name: str) -> None:
    """Every version of it: a bucket that keeps versions would keep this one for a year."""
    told = client.list_object_versions(Bucket=bucket, Prefix=name)
    for each in (*told.get("Versions", ()), *told.get("DeleteMarkers", ())):
        client.delete_object(Bucket=bucket, Key=name, VersionId=each["VersionId"])
