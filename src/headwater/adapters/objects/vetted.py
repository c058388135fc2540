"""A store that is written to once it is known to be fit for a lake."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock

from headwater.adapters.objects.bucket import Bucket
from headwater.adapters.objects.probe import probe
from headwater.adapters.objects.store import ObjectStore
from headwater.errors import HeadwaterError
from headwater.ports.store import Stat, Taking, Told, nobody


class Vetting:
    """Which services were found fit, as a file says: each is tried once, whatever its buckets."""

    def __init__(self, note: Path) -> None:
        self._note = note
        self._fit: set[str] = set()
        self._turn = Lock()

    def require_fit(self, bucket: Bucket, folder: str) -> None:
        """Try the service, unless it is known; UnfitStore where it will not do."""
        if bucket.service in self._fit:
            return
        with self._turn:
            self._fit |= self._noted()
            if bucket.service not in self._fit:
                probe(bucket, folder)
                self._fit.add(bucket.service)
                self._write()

    def _noted(self) -> set[str]:
        try:
            return set(self._note.read_text(encoding="utf-8").splitlines())
        except (OSError, ValueError):
            return set()

    def _write(self) -> None:
        """What cannot be noted is tried again by the next process."""
        beside = self._note.with_name(f"{self._note.name}.part")
        with suppress(OSError):
            beside.write_text("".join(f"{each}\n" for each in sorted(self._fit)), encoding="utf-8")
            beside.replace(self._note)


class VettedStore(ObjectStore):
    """Objects below a prefix of a bucket; whoever only reads them waits for nothing."""

    def __init__(self, bucket: Bucket, prefix: str, vetting: Vetting) -> None:
        super().__init__(bucket, prefix)
        self._vetting = vetting

    def take(
        self, takings: Sequence[Taking], *, told: Told = nobody
    ) -> list[Stat | HeadwaterError]:
        """Make each local file an object, if its name is free; answer in the order given."""
        self._vetting.require_fit(self._bucket, self._prefix)
        return super().take(takings, told=told)

    def create(self, name: str, body: bytes) -> Stat:
        """Put bytes under a free name, durably; ObjectExists if it is taken."""
        self._vetting.require_fit(self._bucket, self._prefix)
        return super().create(name, body)
