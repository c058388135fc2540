"""The zip that functions run from: made of what is installed here, without a network."""

from __future__ import annotations

import hashlib
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from headwater.deploy import folded
from headwater.deploy.parts import OURS, Piece, pieces
from headwater.deploy.zipped import put
from headwater.errors import StoreError

UNPACKED_LIMIT_BYTES = 250 * 1024 * 1024
"""What AWS takes of a function's code and layers together, once unpacked."""

RUNTIMES = {"3.11": (2, 26), "3.12": (2, 34), "3.13": (2, 34), "3.14": (2, 34)}
"""The versions of Python that AWS runs, and the glibc that is there with each."""

_FOLDED_FROM_BYTES = 100_000_000
_LEVEL = 9  # of zstd: a third of the bytes, in seconds
_LONGEST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Package:
    """A zip of all functions, and what it comes to."""

    path: Path
    size_bytes: int
    unpacked_bytes: int
    parts: tuple[Piece, ...]

    @property
    def python(self) -> str:
        """The version of Python that it is for."""
        return python()

    @property
    def too_new(self) -> list[str]:
        """What does not run where AWS runs this Python: it needs a newer glibc."""
        there = RUNTIMES.get(self.python, (0, 0))
        return [each.name for each in self.parts if each.glibc > there]


def python() -> str:
    """The version of Python that runs here."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def build(folder: Path) -> Package:
    """Make the zip in the folder, or find it there; StoreError where it is past AWS's limit."""
    parts = tuple(pieces())
    path = folder / f"functions-{_fingerprint(parts)}.zip"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _pack(parts, path)
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(each.file_size for each in archive.infolist())
    package = Package(path, path.stat().st_size, unpacked, parts)
    if unpacked > UNPACKED_LIMIT_BYTES:
        raise StoreError(
            f"{path} is {unpacked:,} bytes unpacked, and AWS takes {UNPACKED_LIMIT_BYTES:,}: "
            f"{_largest(parts)}",
            hint="use an image: infra/image/Dockerfile makes one, and --image names it",
        )
    return package


def _pack(parts: Iterable[Piece], path: Path) -> None:
    beside = path.with_suffix(".tmp")
    with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for part in parts:
            for name, here in part.files:
                for entry, body in _entries(name, here):
                    put(archive, str(entry), body, packed=entry.suffix != folded.FOLDED)
    beside.replace(path)


def _entries(name: PurePosixPath, here: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    """A file as it goes into the package: as it is, or folded with what unfolds it."""
    body = here.read_bytes()
    if name.suffix != ".so" or len(body) < _FOLDED_FROM_BYTES:
        yield name, body
        return
    from backports import zstd  # noqa: PLC0415 - for who packs alone

    yield name.with_name(name.name + folded.FOLDED), zstd.compress(body, _LEVEL)
    module = name.with_name(f"{name.name.partition('.')[0]}.py")
    yield module, Path(folded.__file__).read_bytes()


def _fingerprint(parts: Iterable[Piece]) -> str:
    """What the zip is made of: the versions of others, and every byte of ours."""
    digest = hashlib.sha256(python().encode())
    for part in parts:
        digest.update(f"{part.name} {part.version} {len(part.files)}\n".encode())
        if part.name == OURS:
            for name, here in part.files:
                digest.update(f"{name}\n".encode() + here.read_bytes())
    return digest.hexdigest()[:16]


def _largest(parts: Iterable[Piece]) -> str:
    by_size = sorted(parts, key=lambda part: -part.size_bytes)[:_LONGEST_NAMED]
    return ", ".join(f"{each.name} {each.size_bytes:,}" for each in by_size)


if __name__ == "__main__":
    made = build(Path(sys.argv[1] if sys.argv[1:] else "."))
    sys.stdout.write(f"{made.path}\n")
