"""What a message says that S3 has seen: the objects that were put, whichever way it came."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from headwater.errors import InputError

_TEST = "s3:TestEvent"  # sent once, when somebody sets notifications up
_PUT, _GONE = "ObjectCreated:", ("ObjectRemoved:", "LifecycleExpiration:")
_BRIDGED_PUT, _BRIDGED_GONE = "Object Created", "Object Deleted"
_LONGEST_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Announced:
    """An object that S3 says was put."""

    bucket: str
    key: str  # decoded
    size_bytes: int | None = None
    etag: str | None = None
    version: str | None = None  # where the bucket keeps versions
    sequencer: str | None = None  # greater ones came later, of one key; not all services send it


def announced(body: str) -> tuple[Announced, ...]:
    """The objects that a message announces, each as often as it says so.

    Notifications come as they are, in an envelope of SNS, or as events of EventBridge. Tests
    and deletions announce nothing. InputError for whatever is none of these: a message that
    will not be better next time.
    """
    return tuple(_announced(body, _document(body)))


def _announced(body: str, said: Mapping[str, Any]) -> Iterator[Announced]:
    try:
        if said.get("Type") == "Notification" and "Message" in said:
            yield from _announced(body, _document(said["Message"]))
        elif "Records" in said:
            for record in said["Records"]:
                yield from _record(body, record)
        elif said.get("source") == "aws.s3":
            yield from _bridged(body, said)
        elif said.get("Event") != _TEST:
            raise _poison(body, "it is no notification of S3")
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise _poison(body, f"{type(error).__name__}: {error}") from error


def _record(body: str, record: Mapping[str, Any]) -> Iterator[Announced]:
    event = record["eventName"].removeprefix("s3:")  # direct ones have no prefix, rules have
    if event.startswith(_GONE):
        return
    if not event.startswith(_PUT):
        raise _poison(body, f"nobody asked for {event}")
    s3 = record["s3"]
    there = s3["object"]
    # In records, and only there, a blank is a plus sign and what is no letter is %XX.
    yield _told(s3["bucket"], unquote_plus(there["key"], errors="strict"), there, "versionId")


def _bridged(body: str, said: Mapping[str, Any]) -> Iterator[Announced]:
    if said["detail-type"] == _BRIDGED_GONE:
        return
    if said["detail-type"] != _BRIDGED_PUT:
        raise _poison(body, f"nobody asked for {said['detail-type']}")
    there = said["detail"]["object"]
    yield _told(said["detail"]["bucket"], there["key"], there, "version-id")


def _told(bucket: Mapping[str, Any], key: str, there: Mapping[str, Any], version: str) -> Announced:
    size = there.get("size")
    return Announced(
        bucket=bucket["name"],
        key=key,
        size_bytes=None if size is None else int(size),
        etag=there.get("eTag", there.get("etag")),
        version=there.get(version),
        sequencer=there.get("sequencer"),
    )


def _document(body: str) -> Mapping[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, TypeError, RecursionError) as error:
        raise _poison(body, "it is not JSON") from error
    if not isinstance(said, dict):
        raise _poison(body, "it is no JSON object")
    return said


def _poison(body: str, why: str) -> InputError:
    shown = ascii(body[:_LONGEST_SHOWN]) + ("…" if len(body) > _LONGEST_SHOWN else "")
    return InputError(
        f"the message {shown} announces nothing: {why}",
        hint="send only object-created events of the raw bucket to this queue",
    )
