"""What a package is made of: Headwater, and the distributions installed here that it stands on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import (
    Distribution,
    PackageNotFoundError,
    distribution,
    packages_distributions,
)
from pathlib import Path, PurePosixPath

from headwater.deploy.reach import HOME, INFRA, passed_by
from headwater.errors import MissingExtra

OURS = "headwater"
EXTRA = "aws"

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_GLIBC = re.compile(r"manylinux_(\d+)_(\d+)_")
_NEVER = {"__pycache__", "tests", "include", "f2py"}
_NO_USE = {".a", ".h", ".pyi", ".pyc", ".pxd", ".pyx"}
_SERVICES = {
    "cloudwatch", "dynamodb", "glue", "s3", "secretsmanager", "sns", "sqs", "stepfunctions", "sts",
}  # fmt: skip
"""Those of botocore's many services that functions call, and that which gives them their role."""


@dataclass(frozen=True)
class Piece:
    """One distribution, with those of its files that are of use in a function."""

    name: str
    version: str
    files: tuple[tuple[PurePosixPath, Path], ...]  # in the package, and here
    glibc: tuple[int, int]  # the oldest that it runs on

    @cached_property
    def size_bytes(self) -> int:
        """What its files come to."""
        return sum(here.stat().st_size for _, here in self.files)


def pieces() -> list[Piece]:
    """Headwater and what its functions stand on, by name; MissingExtra where that is not here."""
    return [our_own(), *map(_piece, _stands_on())]


def our_own() -> Piece:
    """From the folder that this very program runs from, however it was installed."""
    about = distribution(OURS)
    within = ((PurePosixPath(each.relative_to(HOME)), each) for each in HOME.rglob("*"))
    files = [(OURS / name, each) for name, each in within if name.parts[0] != INFRA]
    return Piece(OURS, about.version, tuple(_useful(files)), (0, 0))


def _stands_on() -> list[str]:
    """What is required, and whatever that requires in its turn, without what only faces import.

    Not everything that is needed is imported by us: engines import for themselves.
    """
    providers = packages_distributions()
    besides = {_plain(each) for top in passed_by() for each in providers.get(top, ())}
    waiting = [each for each in _required(OURS, EXTRA) if each not in besides]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _required(name)
    return sorted(found)


def _required(name: str, extra: str = "") -> Iterator[str]:
    """The names that a distribution requires on this machine.

    A condition that does not hold here is known by its distribution's not being here.
    """
    for line in distribution(name).requires or ():
        spec, _, condition = line.partition(";")
        wanted = _NAME.match(spec)
        if wanted is None or ("extra" in condition and not _names(condition, extra)):
            continue
        plain = _plain(wanted.group())
        if _is_here(plain):
            yield plain
        elif not condition or extra:
            raise MissingExtra(
                f"functions need {plain}, which is not installed, and packages are made of what is",
                hint="pip install 'headwater[aws]'",
            )


def _names(condition: str, extra: str) -> bool:
    return bool(extra) and re.search(rf"extra\s*==\s*['\"]{extra}['\"]", condition) is not None


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _is_here(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def _piece(name: str) -> Piece:
    about = distribution(name)
    listed = [(PurePosixPath(each), Path(str(each.locate()))) for each in about.files or ()]
    return Piece(name, about.version, tuple(_useful(listed)), _glibc(about))


def _useful(files: list[tuple[PurePosixPath, Path]]) -> Iterator[tuple[PurePosixPath, Path]]:
    for name, here in sorted(files):
        if name.parts[0] == ".." or name.suffix in _NO_USE or _NEVER & set(name.parts[1:-1]):
            continue
        if name.parts[0].endswith(".dist-info") and name.name != "METADATA":
            continue
        if name.parts[:2] == ("botocore", "data") and not _is_called(name):
            continue
        if here.is_file():
            yield name, here


def _is_called(name: PurePosixPath) -> bool:
    """Whether it describes a service that is called, or all of them."""
    return len(name.parts) == len(("botocore", "data", "file")) or name.parts[2] in _SERVICES


def _glibc(about: Distribution) -> tuple[int, int]:
    """The oldest glibc that one of the wheel's tags names; none for what is nothing but Python."""
    told = _GLIBC.findall(about.read_text("WHEEL") or "")
    return min(((int(major), int(minor)) for major, minor in told), default=(0, 0))
