"""A bucket of Google's or Microsoft's, and whatever else obstore reaches."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from threading import Condition
from typing import TYPE_CHECKING, Any

from headwater.adapters.objects.bucket import Doubtful, Found
from headwater.errors import (
    MissingExtra,
    ObjectExists,
    ObjectMissing,
    SourceChanged,
    StoreError,
    UsageError,
)

if TYPE_CHECKING:
    from obstore.store import ObjectStore as Vendor

try:
    import obstore
    from obstore.exceptions import (
        AlreadyExistsError,
        BaseError,
        PermissionDeniedError,
        PreconditionError,
        UnauthenticatedError,
    )
    from obstore.store import from_url
except ImportError as error:
    raise MissingExtra(
        "a lake in a bucket needs obstore, which is not installed",
        hint="pip install 'headwater[aws]'",
    ) from error

_MARK = "headwater-mark"  # a write's own, in the object's metadata
_UPLOADS = ".uploads/"  # hidden: no store's name begins so
_PIECE_BYTES = 1024 * 1024
_SAID_WHERE = (
    "of Azure, set AZURE_STORAGE_ACCOUNT_NAME, and a key, a token or an identity as Azure calls "
    "them; of Google, GOOGLE_APPLICATION_CREDENTIALS"
)
_TRIES = 5
_PATIENCE = timedelta(seconds=120)


def vendor_of(url: str, options: Mapping[str, str]) -> Vendor:
    """The vendor's store of a bucket's URL; requests are repeated some times, with jitter."""
    try:
        make: Any = from_url  # its stubs know each cloud by its own options
        made: Vendor = make(
            url,
            config=dict(options),
            retry_config={"max_retries": _TRIES, "retry_timeout": _PATIENCE},
        )
    except (BaseError, ValueError) as error:
        raise StoreError(f"{url} cannot be opened: {_reason(error)}", hint=_SAID_WHERE) from error
    return made


class ObstoreBucket:
    """Objects of a vendor's store, which has no prefix of its own."""

    def __init__(self, vendor: Vendor, url: str) -> None:
        self._vendor = vendor
        self._url = url.rstrip("/") + "/"

    @property
    def url(self) -> str:
        """What a key is put behind to make a URL."""
        return self._url

    @property
    def service(self) -> str:
        """The cloud, by its URLs' scheme."""
        return self._url.partition("://")[0]

    def find(self, key: str) -> Found | None:
        """The object, or None."""
        with self._door(key):
            try:
                got = obstore.get(self._vendor, key, options={"head": True})
            except FileNotFoundError:
                return None
            mark = got.attributes.get(_MARK, "")
            return _found(got.meta, mark if isinstance(mark, str) else "")

    def get(self, key: str, start: int, length: int | None) -> bytes:
        """The bytes, or a range of them; ObjectMissing, Doubtful where they came in part."""
        found = self.find(key)
        if found is None:
            raise _missing(key)
        wanted = max(found.size_bytes - start, 0)
        wanted = wanted if length is None else min(wanted, length)
        if not wanted:
            return b""
        with self._door(key, doubtful=True):
            body = bytes(obstore.get_range(self._vendor, key, start=start, length=wanted))
        if len(body) != wanted:
            raise Doubtful(_cut_short(key))
        return body

    def stream(self, key: str, start: int, stamp: str | None) -> tuple[Found, Iterator[bytes]]:
        """The object, and its bytes from there on, piece by piece."""
        options: Any = {"range": {"offset": start}} if start else {}
        if stamp is not None:
            options["if_match"] = stamp
        with self._door(key, doubtful=True):
            try:
                got = obstore.get(self._vendor, key, options=options)
            except FileNotFoundError as error:
                raise _missing(key) from error
            except PreconditionError as error:
                raise SourceChanged(
                    f"{key} changed while it was read", hint="try again once it lies still"
                ) from error
        found = _found(got.meta, "")
        return found, self._pieces(key, got, found.size_bytes - start)

    def put(self, key: str, body: bytes, mark: str) -> None:
        """Put bytes under a free key, with the mark; ObjectExists, Doubtful."""
        with self._door(key, doubtful=True):
            obstore.put(self._vendor, key, body, mode="create", attributes={_MARK: mark})

    def begin(self, key: str, mark: str) -> _Staged:
        """Begin an upload of an object that will bear the mark."""
        return _Staged(self, self._vendor, key, mark)

    def list(self, prefix: str, after: str) -> Iterator[Found]:
        """Objects whose key begins with prefix and sorts behind after, in order of keys."""
        folder = prefix.rpartition("/")[0] or None
        try:
            chunks = iter(obstore.list(self._vendor, folder, offset=after or None))
        except ValueError:  # a folder that no key can lie in
            return
        while True:
            with self._door(prefix):
                chunk = next(chunks, None)
            if chunk is None:
                return
            for meta in chunk:
                if meta["path"].startswith(prefix):
                    yield _found(meta, "")

    def delete(self, key: str) -> None:
        """Remove an object; one that is not there is no error."""
        with self._door(key), suppress(FileNotFoundError):
            obstore.delete(self._vendor, key)

    def sweep(self, prefix: str, older_than: datetime) -> int:
        """Remove uploads, of whatever keys, that ended before then and got no key."""
        _ = prefix
        left = [each for each in self.list(_UPLOADS, "") if each.modified_at < older_than]
        for each in left:
            self.delete(each.key)
        return len(left)

    def _pieces(self, key: str, got: Any, left: int) -> Iterator[bytes]:
        shown = 0
        with self._door(key, doubtful=True):
            for piece in got.stream(min_chunk_size=_PIECE_BYTES):
                shown += len(piece)
                yield bytes(piece)
        if shown != left:
            raise Doubtful(_cut_short(key))

    @contextmanager
    def _door(self, key: str, *, doubtful: bool = False) -> Iterator[None]:
        """Let only our own errors out."""
        try:
            yield
        except AlreadyExistsError as error:
            raise ObjectExists(f"{key} is there already") from error
        except ValueError as error:
            raise UsageError(
                f"{key!r} cannot name an object there: {_reason(error)}",
                hint="use another name, without control characters",
            ) from error
        except (BaseError, FileNotFoundError) as error:
            ours = _translate(self._url + key, error)
            if doubtful and not isinstance(error, (PermissionDeniedError, UnauthenticatedError)):
                raise Doubtful(ours) from error
            raise ours from error


class _Staged:
    """An upload to a hidden key, from where it is copied to its own if that is free.

    Pieces are written one after the other, whoever sends them.
    """

    def __init__(self, bucket: ObstoreBucket, vendor: Vendor, key: str, mark: str) -> None:
        self._door = bucket._door  # noqa: SLF001 - one class in two halves
        self._vendor = vendor
        self._key = key
        self._hidden = f"{_UPLOADS}{time.time_ns()}-{mark}"
        with self._door(key):
            self._writer = obstore.open_writer(vendor, self._hidden, attributes={_MARK: mark})
        self._written = 0
        self._turn = Condition()
        self._failed = False

    def add(self, number: int, body: bytes) -> None:
        """Send a piece when all before it are sent."""
        with self._turn:
            self._turn.wait_for(lambda: self._failed or self._written == number - 1)
            if self._failed:
                raise StoreError(f"{self._key}: a piece before was not taken", hint="try again")
            try:
                with self._door(self._key):
                    self._writer.write(body)
                self._written = number
            except BaseException:
                self._failed = True
                raise
            finally:
                self._turn.notify_all()

    def complete(self) -> None:
        """Give the object its key, if that is free; ObjectExists, Doubtful."""
        with self._door(self._key):
            if not self._writer.closed():
                self._writer.close()
        with self._door(self._key, doubtful=True):
            obstore.copy(self._vendor, self._hidden, self._key, overwrite=False)
        self.abort()

    def abort(self) -> None:
        """Forget the pieces; what cannot be forgotten is left to the sweep."""
        with suppress(BaseError, FileNotFoundError):
            obstore.delete(self._vendor, self._hidden)


def _missing(key: str) -> ObjectMissing:
    return ObjectMissing(f"{key} is not there", hint="list what is there, and check the name")


def _cut_short(key: str) -> StoreError:
    return StoreError(f"{key} came in part only, again and again", hint="try again")


def _found(meta: Any, mark: str) -> Found:
    stamp = meta["e_tag"] or f"{meta['size']}-{meta['last_modified'].timestamp()}"
    return Found(meta["path"], meta["size"], stamp, meta["last_modified"].astimezone(UTC), mark)


def _translate(where: str, error: Exception) -> StoreError:
    if isinstance(error, PermissionDeniedError):
        return StoreError(
            f"{where} may not be touched: access is denied",
            hint="give this account the right to get, put, list and delete there",
        )
    if isinstance(error, UnauthenticatedError):
        return StoreError(
            f"{where} does not take these credentials",
            hint="set the cloud's own variables, or give the machine an account",
        )
    if isinstance(error, FileNotFoundError):
        return StoreError(f"{where} does not exist", hint="make the bucket, or check its name")
    return StoreError(f"{where} could not be reached: {_reason(error)}", hint="try again")


def _reason(error: Exception) -> str:
    """Its first line; what follows is for who debugs the vendor."""
    return " ".join(str(error).partition("\n")[0].split())
