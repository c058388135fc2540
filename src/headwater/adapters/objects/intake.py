"""Local files on their way into a bucket: small ones whole, large ones in pieces."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from headwater.adapters.files.intake import remove_source
from headwater.adapters.objects.bucket import Bucket, Found, Upload
from headwater.adapters.objects.writing import ask_again, new_mark, taken, write_once
from headwater.errors import HeadwaterError, UsageError
from headwater.points import point
from headwater.ports.store import How, Stat, Taking, Told
from headwater.reading.source import open_source, require_stamp, source_fault, spell

THREADS = 8  # a request waits far longer than it works
PIECE_BYTES = 8 << 20  # each thread holds one piece
_PIECES = 10_000  # of one object, as S3 has it
_MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Intake:
    """One batch of local files that become objects."""

    bucket: Bucket
    key_of: Callable[[str], str]
    told: Told

    def take(
        self, takings: Sequence[Taking], stat_of: Callable[[Found], Stat]
    ) -> list[Stat | HeadwaterError]:
        """Take small files side by side, and large ones one after the other."""
        answers: dict[int, Stat | HeadwaterError] = {}
        named = Counter(taking.name for taking in takings)
        with ThreadPoolExecutor(THREADS, "take") as pool:
            asides = {
                place: pool.submit(self._answer, taking, None)
                for place, taking in enumerate(takings)
                if named[taking.name] == 1 and _is_small(taking)
            }
            for place, taking in enumerate(takings):
                future = asides.get(place)
                answer = self._answer(taking, pool) if future is None else future.result()
                answers[place] = stat_of(answer) if isinstance(answer, Found) else answer
                if isinstance(answer, Found) and future is not None:
                    self.told(answer.size_bytes)
        for place, taking in enumerate(takings):
            if taking.how is How.MOVE and isinstance(answers[place], Stat):
                remove_source(taking)
        return [answers[place] for place in range(len(takings))]

    def _answer(self, taking: Taking, pool: ThreadPoolExecutor | None) -> Found | HeadwaterError:
        """What became of one; without a pool, it is small and others are told of it later."""
        try:
            key = self.key_of(taking.name)
            if taking.how is How.LINK:
                raise UsageError(
                    f"ObjectStore cannot link {spell(taking.source)}: it holds copies only",
                    hint="land it as a copy, without --link",
                )
            with open_source(taking.source) as source:
                require_stamp(taking.source, source, taking.stamp)
                if pool is None or os.fstat(source).st_size <= PIECE_BYTES:
                    found = self._put(key, source, taking)
                    if pool is not None:
                        self.told(found.size_bytes)
                    return found
                return self._send(key, source, taking, pool)
        except HeadwaterError as refusal:
            return refusal

    def _put(self, key: str, source: int, taking: Taking) -> Found:
        body, mark = _piece(taking, source, 0, os.fstat(source).st_size), new_mark()
        require_stamp(taking.source, source, taking.stamp)
        found = write_once(self.bucket, key, mark, lambda: self.bucket.put(key, body, mark))
        point("up.linked")
        return found

    def _send(self, key: str, source: int, taking: Taking, pool: ThreadPoolExecutor) -> Found:
        if self.bucket.find(key) is not None:  # before gigabytes are sent in vain
            raise taken(key)
        mark = new_mark()
        upload = self.bucket.begin(key, mark)
        point("mpu.created")
        try:
            self._send_pieces(upload, source, taking, pool)
            require_stamp(taking.source, source, taking.stamp)
            found = write_once(self.bucket, key, mark, upload.complete)
        except BaseException:
            upload.abort()
            raise
        point("up.linked")
        return found

    def _send_pieces(
        self, upload: Upload, source: int, taking: Taking, pool: ThreadPoolExecutor
    ) -> None:
        size = os.fstat(source).st_size
        length = _piece_bytes(size)

        def send(number: int) -> int:
            body = _piece(taking, source, (number - 1) * length, length)
            ask_again(lambda: upload.add(number, body))
            return len(body)

        sent: list[Future[int]] = [
            pool.submit(send, number) for number in range(1, -(-size // length) + 1)
        ]
        try:
            for piece in sent:
                self.told(piece.result())
                point("mpu.part_k")
        finally:
            for piece in sent:
                piece.cancel()
            wait(sent)  # they read from a descriptor that is about to be closed


def _is_small(taking: Taking) -> bool:
    try:
        return taking.source.stat().st_size <= PIECE_BYTES
    except (OSError, ValueError):
        return True  # it will be refused


def _piece_bytes(size: int) -> int:
    """As large as a piece has to be for an object of that size, in whole mebibytes."""
    return max(PIECE_BYTES, -(-size // (_PIECES * _MEBIBYTE)) * _MEBIBYTE)


def _piece(taking: Taking, source: int, start: int, length: int) -> bytes:
    """So many bytes from there, or as many as there are."""
    blocks: list[bytes] = []
    got = 0
    try:
        while got < length and (block := os.pread(source, length - got, start + got)):
            blocks.append(block)
            got += len(block)
    except OSError as cause:
        raise source_fault(taking.source, cause) from cause
    return blocks[0] if len(blocks) == 1 else b"".join(blocks)
