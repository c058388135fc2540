"""Files that exist only while DuckDB reads them: inflated, cut or joined ahead of it.

One COPY reads many of them as if they lay on disk, so that all of a table's writing is
done at once, whatever had to be done to the bytes before.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Any

from fsspec import AbstractFileSystem

PROTOCOL = "headwater"
_AHEAD = 2


class TooManyPieces(Exception):
    """There was more to read than there were names for it."""


class Stream:
    """Pieces of text in order, each read once under a name of its own."""

    def __init__(
        self, label: str, produce: Callable[[], Iterable[bytes]], names: int, *, quiet: bool
    ) -> None:
        """Take what makes the pieces, and how many names to give them.

        A quiet one ends where making a piece fails, and keeps the fault for whoever asks.
        """
        self.label = label
        self._quiet = quiet
        self.fault: BaseException | None = None
        self.bytes_read = 0
        self._produce = produce
        self._names = names
        self._turn = threading.Condition()
        self._waiting: dict[int, bytes] = {}
        self._made = 0
        self._ended = False
        self._stopped = False
        self._thread: threading.Thread | None = None

    @property
    def paths(self) -> list[str]:
        """The names, for read_csv."""
        return [f"{PROTOCOL}://{self.label}/{number}" for number in range(self._names)]

    def piece(self, number: int) -> bytes:
        """That piece, once it is made; nothing behind the last one."""
        with self._turn:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()
            while number not in self._waiting and not self._ended:
                self._turn.wait()
            if self.fault is not None and not self._quiet:
                raise OSError(f"{self.label}: {self.fault}")
            piece = self._waiting.pop(number, b"")
            self.bytes_read += len(piece)
            self._turn.notify_all()
            return piece

    def wait(self) -> None:
        """Until it is known whether there is more than was read: before that, no fault is none."""
        with self._turn:
            begun = self._thread is not None
            while begun and not self._ended and len(self._waiting) < _AHEAD:
                self._turn.wait()

    def close(self) -> None:
        """Stop making pieces."""
        with self._turn:
            self._stopped = True
            self._waiting.clear()
            self._turn.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        pieces = iter(self._produce())
        try:
            for piece in pieces:
                if not self._offer(piece):
                    break
        except Exception as fault:  # noqa: BLE001 - handed to the thread that reads
            self.fault = fault
        finally:
            if isinstance(pieces, Generator):
                pieces.close()
            with self._turn:
                self._ended = True
                self._turn.notify_all()

    def _offer(self, piece: bytes) -> bool:
        if self._made >= self._names:
            raise TooManyPieces(self.label)
        with self._turn:
            while len(self._waiting) >= _AHEAD and not self._stopped:
                self._turn.wait()
            if self._stopped:
                return False
            self._waiting[self._made] = piece
            self._made += 1
            self._turn.notify_all()
            return True


class VirtualFiles(AbstractFileSystem):  # type: ignore[misc]
    """What DuckDB asks of a file system, answered from streams."""

    protocol = PROTOCOL
    cachable = False

    def __init__(self) -> None:
        """Begin with no stream."""
        super().__init__()
        self._streams: dict[str, Stream] = {}
        self._sizes: dict[str, int] = {}
        self._count = 0

    def stream(
        self, produce: Callable[[], Iterable[bytes]], names: int, *, quiet: bool = False
    ) -> Stream:
        """A new stream, reachable until it is dropped."""
        self._count += 1
        stream = Stream(str(self._count), produce, names, quiet=quiet)
        self._streams[stream.label] = stream
        return stream

    def drop(self, streams: Iterable[Stream]) -> None:
        """Stop these streams and forget them."""
        for stream in streams:
            stream.close()
            self._streams.pop(stream.label, None)

    def open(self, path: str, mode: str = "rb", **_: Any) -> _File:
        """One piece, as a file to be read once from its beginning to its end."""
        if mode != "rb":
            raise PermissionError(f"{path} can only be read")
        label, number = self._strip_protocol(path).strip("/").split("/")
        piece = self._streams[label].piece(int(number))
        self._sizes[path] = len(piece)
        return _File(piece)

    def size(self, path: str) -> int:
        """How long a piece is that was opened before."""
        return self._sizes[path]

    def glob(self, path: str, **_: Any) -> list[str]:
        """The name itself: names here have no wild cards."""
        return [path]

    def exists(self, path: str, **_: Any) -> bool:
        """Whether it can be opened: every name can."""
        return bool(path)

    def isfile(self, path: str) -> bool:
        """Whether it is a file: everything here is."""
        return bool(path)

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        """What is known about a name."""
        return {"name": path, "size": self._sizes.get(path, 0), "type": "file"}

    def modified(self, path: str) -> int:  # noqa: ARG002 - nothing here ever changes
        """When it changed: never."""
        return 0


class _File:
    """A piece being read; let go once its last byte was handed out."""

    def __init__(self, piece: bytes) -> None:
        self._piece = memoryview(piece)
        self._size = len(piece)
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        end = self._size if size < 0 else min(self._size, self._at + size)
        piece = bytes(self._piece[self._at : end])
        self._at = end
        if end == self._size:
            self._piece = memoryview(b"")
        return piece

    def seek(self, offset: int, whence: int = 0) -> int:
        at = offset + (0, self._at, self._size)[whence]
        if at < self._at and not len(self._piece):
            raise OSError("a piece can be read only once")
        self._at = at
        return at

    def tell(self) -> int:
        return self._at

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._piece = memoryview(b"")


def grouped(pieces: Iterable[bytes], size_bytes: int) -> Iterator[bytes]:
    """Small pieces joined into ones of about that size."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= size_bytes:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)
