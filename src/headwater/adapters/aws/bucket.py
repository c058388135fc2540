"""A bucket of S3."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from headwater.adapters.aws.door import VENDOR, code_of, is_doubtful, translate
from headwater.adapters.aws.settings import S3Settings
from headwater.adapters.objects.bucket import Doubtful, Found
from headwater.errors import ObjectExists, ObjectMissing, SourceChanged, StoreError

_MARK = "headwater-mark"  # a write's own, in the object's metadata
_ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})
_OTHER = frozenset({"412", "PreconditionFailed"})
_PIECE_BYTES = 1024 * 1024


class S3Bucket:
    """Objects of S3, and of what speaks as S3 does."""

    def __init__(self, name: str, settings: S3Settings | None = None) -> None:
        settings = settings or S3Settings()
        self._name = name
        self._options = settings.put_options
        self._s3 = settings.aws.client("s3")

    @property
    def url(self) -> str:
        """What a key is put behind to make a URL."""
        return f"s3://{self._name}/"

    @property
    def service(self) -> str:
        """Where it listens."""
        endpoint: str = self._s3.meta.endpoint_url
        return endpoint

    def find(self, key: str) -> Found | None:
        """The object, or None."""
        with self._door(key):
            try:
                head = self._s3.head_object(Bucket=self._name, Key=key)
            except VENDOR as error:
                if code_of(error) in _ABSENT:
                    return None
                raise
        return Found(
            key=key,
            size_bytes=head["ContentLength"],
            stamp=head["ETag"],
            modified_at=_to_the_second(head["LastModified"]),
            mark=head.get("Metadata", {}).get(_MARK, ""),
        )

    def get(self, key: str, start: int, length: int | None) -> bytes:
        """The bytes, or a range of them; ObjectMissing, Doubtful where they came in part."""
        asked: dict[str, str] = {"ChecksumMode": "ENABLED"}
        if start or length is not None:
            end = "" if length is None else str(start + length - 1)
            asked = {"Range": f"bytes={start}-{end}"}
        with self._door(key, doubtful=True):
            try:
                answer = self._s3.get_object(Bucket=self._name, Key=key, **asked)
            except VENDOR as error:
                if code_of(error) == "InvalidRange":  # behind the last byte
                    return b""
                if code_of(error) in _ABSENT:
                    raise _missing(key) from error
                raise
            body: bytes = answer["Body"].read()
        if len(body) != _promised(answer, start, length):
            raise Doubtful(_cut_short(key))
        return body

    def stream(self, key: str, start: int, stamp: str | None) -> tuple[Found, Iterator[bytes]]:
        """The object, and its bytes from there on, piece by piece."""
        asked = {"Range": f"bytes={start}-"} if start else {}
        asked |= {"IfMatch": stamp} if stamp else {}
        with self._door(key, doubtful=True):
            try:
                answer = self._s3.get_object(Bucket=self._name, Key=key, **asked)
            except VENDOR as error:
                if code_of(error) in _ABSENT:
                    raise _missing(key) from error
                if code_of(error) in _OTHER:
                    raise _changed(key) from error
                raise
        left = _promised(answer, start, None)
        modified_at = _to_the_second(answer["LastModified"])
        found = Found(key, start + left, answer["ETag"], modified_at)
        return found, self._pieces(key, answer["Body"], left)

    def put(self, key: str, body: bytes, mark: str) -> None:
        """Put bytes under a free key, with the mark; ObjectExists, Doubtful."""
        with self._door(key, doubtful=True):
            self._s3.put_object(
                Bucket=self._name,
                Key=key,
                Body=body,
                IfNoneMatch="*",
                Metadata={_MARK: mark},
                **self._options,
            )

    def begin(self, key: str, mark: str) -> _Upload:
        """Begin an upload of an object that will bear the mark."""
        with self._door(key):
            begun = self._s3.create_multipart_upload(
                Bucket=self._name, Key=key, Metadata={_MARK: mark}, **self._options
            )
        return _Upload(self, self._s3, {"Bucket": self._name, "Key": key}, begun["UploadId"])

    def list(self, prefix: str, after: str) -> Iterator[Found]:
        """Objects whose key begins with prefix and sorts behind after, in order of keys."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._name, Prefix=prefix, StartAfter=after
        )
        for page in self._each(pages):
            for each in page.get("Contents", ()):
                modified_at = _to_the_second(each["LastModified"])
                yield Found(each["Key"], each["Size"], each["ETag"], modified_at)

    def delete(self, key: str) -> None:
        """Remove an object; one that is not there is no error."""
        with self._door(key):
            self._s3.delete_object(Bucket=self._name, Key=key)

    def sweep(self, prefix: str, older_than: datetime) -> int:
        """Abort uploads of keys with the prefix that began before then; answer how many."""
        pages = self._s3.get_paginator("list_multipart_uploads").paginate(
            Bucket=self._name, Prefix=prefix
        )
        left = [
            each
            for page in self._each(pages)
            for each in page.get("Uploads", ())
            if each["Initiated"] < older_than
        ]
        for each in left:
            where = {"Bucket": self._name, "Key": each["Key"]}
            _Upload(self, self._s3, where, each["UploadId"]).abort()
        return len(left)

    def _each(self, pages: Any) -> Iterator[dict[str, Any]]:
        asked = iter(pages)
        while True:
            with self._door(""):
                page = next(asked, None)
            if page is None:
                return
            yield page

    def _pieces(self, key: str, body: Any, left: int) -> Iterator[bytes]:
        shown = 0
        with self._door(key, doubtful=True):
            for piece in body.iter_chunks(_PIECE_BYTES):
                shown += len(piece)
                yield piece
        if shown != left:
            raise Doubtful(_cut_short(key))

    @contextmanager
    def _door(self, key: str, *, doubtful: bool = False) -> Iterator[None]:
        """Let only our own errors out."""
        try:
            yield
        except VENDOR as error:
            if code_of(error) in {"PreconditionFailed", "412"}:
                raise ObjectExists(f"{key} is there already") from error
            ours = translate(f"s3://{self._name}/{key}", error)
            if doubtful and is_doubtful(error):
                raise Doubtful(ours) from error
            raise ours from error


class _Upload:
    """A multipart upload."""

    def __init__(self, bucket: S3Bucket, s3: Any, where: dict[str, str], upload: str) -> None:
        self._door: Callable[..., Any] = bucket._door  # noqa: SLF001 - one class in two halves
        self._s3 = s3
        self._where = where
        self._id = upload
        self._etags: dict[int, str] = {}

    def add(self, number: int, body: bytes) -> None:
        """Send a piece; they are counted from 1."""
        with self._door(self._where["Key"], doubtful=True):
            sent = self._s3.upload_part(
                **self._where, UploadId=self._id, PartNumber=number, Body=body
            )
        self._etags[number] = sent["ETag"]

    def complete(self) -> None:
        """Give the object its key, if that is free; ObjectExists, Doubtful."""
        parts = [{"PartNumber": n, "ETag": etag} for n, etag in sorted(self._etags.items())]
        with self._door(self._where["Key"], doubtful=True):
            self._s3.complete_multipart_upload(
                **self._where,
                UploadId=self._id,
                MultipartUpload={"Parts": parts},
                IfNoneMatch="*",
            )

    def abort(self) -> None:
        """Forget the pieces; what cannot be forgotten is left to the sweep."""
        with suppress(*VENDOR):
            self._s3.abort_multipart_upload(**self._where, UploadId=self._id)


def _changed(key: str) -> SourceChanged:
    return SourceChanged(f"{key} changed while it was read", hint="try again once it lies still")


def _promised(answer: dict[str, Any], start: int, length: int | None) -> int:
    """How many bytes there are to be, by the object's whole size where that is told."""
    told = str(answer.get("ContentRange", "")).rpartition("/")[2]
    if not told.isdecimal():
        return int(answer["ContentLength"])
    left = int(told) - start
    return left if length is None else min(left, length)


def _to_the_second(moment: datetime) -> datetime:
    """As HEAD tells it; a listing may be more precise."""
    return moment.astimezone(UTC).replace(microsecond=0)


def _cut_short(key: str) -> StoreError:
    return StoreError(f"{key} came in part only, again and again", hint="try again")


def _missing(key: str) -> ObjectMissing:
    return ObjectMissing(f"{key} is not there", hint="list what is there, and check the name")
