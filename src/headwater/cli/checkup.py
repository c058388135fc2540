"""What a doctor looks at: the parts Headwater stands on, the disk, the clock, the lake."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from headwater import __version__
from headwater.cli.disk import Disk, look
from headwater.errors import HeadwaterError, NoLake
from headwater.model.arrival import ArrivalState
from headwater.show.figures import counted, duration, size

if TYPE_CHECKING:
    from headwater.cli.call import Call
    from headwater.lake import Lake

State = Literal["good", "warn", "bad"]

FIXED_SQLITE = (3, 51, 3)
"""The first release in which resetting the write-ahead log cannot lose committed pages."""

_LITTLE_SPACE = 5_000_000_000
_NO_SPACE = 200_000_000
_SLOW_FSYNC_SECONDS = 0.05
_SKEW_SECONDS = 2.0
_FAR = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afpfs"})
_PATIENCE_SECONDS = 60
_PARTS = """
import importlib, json
def version(name, attribute):
    try:
        found = getattr(importlib.import_module(name), attribute)
        return str(found() if callable(found) else found)
    except Exception as error:
        return f"! {error}"
print(json.dumps({
    "duckdb": version("duckdb", "__version__"),
    "deltalake": version("deltalake", "__version__"),
    "sqlite": version("apsw", "sqlite_lib_version"),
}))
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: how it is, and what to do if it is not well."""

    name: str
    state: State
    found: str
    hint: str = ""


def machine_findings(folder: Path) -> Iterator[Finding]:
    """The parts that Headwater stands on, the disk below the folder, the clock."""
    yield Finding("headwater", "good", f"{__version__} on Python {sys.version.split()[0]}")
    yield from _parts()
    disk = look(folder)
    yield _space(disk)
    yield _file_system(disk)
    yield _fsync(disk)
    yield _clock(disk)


def lake_findings(call: Call) -> Iterator[Finding]:
    """The configuration, the ledger, the feeds."""
    try:
        with call.open() as lake:
            yield Finding("configuration", "good", counted(len(lake.feeds), "feed"))
            yield from _ledger(lake)
            for each in lake.lacking():
                yield Finding("steps", "warn", f"{each.feed}: {each.what}", each.hint)
    except NoLake as error:
        yield Finding("configuration", "warn", error.message, "headwater init")
    except HeadwaterError as error:
        yield Finding("configuration", "bad", error.message, error.hint or "")


def _ledger(lake: Lake) -> Iterator[Finding]:
    try:
        status = lake.status()
    except HeadwaterError as error:
        yield Finding("ledger", "bad", error.message, error.hint or "headwater verify --rebuild")
        return
    arrivals = sum(sum(each.arrivals.values()) for each in status.feeds)
    tables = counted(len(status.tables), "table")
    yield Finding("ledger", "good", f"{counted(arrivals, 'arrival')}, {tables}")
    declared = {feed.name: feed for feed in lake.feeds}
    for each in status.feeds:
        feed = declared.get(each.feed) if each.feed else None
        unrouted = each.arrivals.get(ArrivalState.UNROUTED, 0)
        if unrouted:
            what = f"{counted(unrouted, 'file lies', 'files lie')} where no feed matches"
            yield Finding("feeds", "warn", what, "headwater status")
        elif feed is not None and not sum(each.arrivals.values()):
            what = f"{feed.name} matches nothing yet: {', '.join(feed.match)} below raw"
            yield Finding("feeds", "warn", what, f"headwater ingest {feed.name} FILE")


def _parts() -> Iterator[Finding]:
    """Import the parts in a process of their own: one that breaks must not break the doctor."""
    try:
        ran = subprocess.run(  # noqa: S603 - this very Python
            [sys.executable, "-c", _PARTS],
            capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=True,
        )  # fmt: skip
        versions: dict[str, str] = json.loads(ran.stdout)
    except (subprocess.SubprocessError, ValueError, OSError) as error:
        yield Finding("parts", "bad", str(error), "install headwater anew")
        return
    for name, version in versions.items():
        if version.startswith("! "):
            yield Finding(name, "bad", version[2:], "install headwater anew")
        elif name == "sqlite":
            yield _sqlite(version)
        else:
            yield Finding(name, "good", version)


def _sqlite(version: str) -> Finding:
    if tuple(map(int, version.split("."))) >= FIXED_SQLITE:
        return Finding("sqlite", "good", f"{version}, with the fix of the WAL-reset bug")
    fixed = ".".join(map(str, FIXED_SQLITE))
    found = f"{version}, which can corrupt a ledger: its WAL-reset bug is fixed in {fixed}"
    return Finding("sqlite", "bad", found, "install the apsw that comes with its own SQLite")


def _space(disk: Disk) -> Finding:
    usage = shutil.disk_usage(disk.folder)
    found = f"{size(usage.free)} free of {size(usage.total)}"
    if usage.free < _NO_SPACE:
        return Finding("disk space", "bad", found, "make room")
    if usage.free < _LITTLE_SPACE:
        return Finding("disk space", "warn", found, "make room before large files land")
    return Finding("disk space", "good", found)


def _file_system(disk: Disk) -> Finding:
    copies = {
        True: "copies share blocks (reflink)",
        False: "copies are written in full: --link or --move for large files",
        None: "not writable",
    }[disk.reflinks]
    found = f"{disk.kind}, {copies}"
    if disk.reflinks is None:
        return Finding("file system", "bad", found, f"let this user write below {disk.folder}")
    if disk.kind in _FAR:
        return Finding("file system", "warn", found, "keep the ledger on a disk of this machine")
    return Finding("file system", "good", found)


def _fsync(disk: Disk) -> Finding:
    if disk.fsync_seconds is None:
        return Finding("fsync", "warn", "not tried")
    found = duration(disk.fsync_seconds)
    if disk.fsync_seconds < 1:
        found = f"{disk.fsync_seconds * 1000:.2f} ms"
    if disk.fsync_seconds > _SLOW_FSYNC_SECONDS:
        return Finding(
            "fsync", "warn", found, "land many files in one call: they share their syncs"
        )
    return Finding("fsync", "good", found)


def _clock(disk: Disk) -> Finding:
    now = datetime.now(UTC)
    found = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    built = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
    if disk.written_at is not None and abs(time.time() - disk.written_at) > _SKEW_SECONDS:
        skew = duration(abs(time.time() - disk.written_at))
        return Finding("clock", "warn", f"{found}, {skew} off the disk's", "set it: NTP, chrony")
    if now < built:
        return Finding("clock", "warn", f"{found}, before this program was made", "set it")
    return Finding("clock", "good", found)
