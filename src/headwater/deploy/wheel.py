"""The wheel that jobs on Glue install: Headwater alone, as it runs here, however it came here."""

from __future__ import annotations

import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import distribution
from pathlib import Path

from headwater.deploy.parts import OURS, our_own
from headwater.deploy.zipped import put

_TAG = "py3-none-any"
_WHEEL = f"Wheel-Version: 1.0\nGenerator: headwater\nRoot-Is-Purelib: true\nTag: {_TAG}\n"


def build(folder: Path) -> Path:
    """Make the wheel in the folder, in place of others; its path."""
    own = our_own()
    about = f"{OURS}-{own.version}.dist-info"
    entries = [(str(name), here.read_bytes()) for name, here in own.files]
    metadata = distribution(OURS).read_text("METADATA") or ""
    entries += [(f"{about}/METADATA", metadata.encode()), (f"{about}/WHEEL", _WHEEL.encode())]
    record = f"{about}/RECORD"
    lines = [*_recorded(entries), f"{record},,\n"]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{OURS}-{own.version}-{_TAG}.whl"
    beside = path.with_suffix(".tmp")
    with zipfile.ZipFile(beside, "w") as archive:
        for name, body in [*entries, (record, "".join(lines).encode())]:
            put(archive, name, body)
    for each in folder.glob("*.whl"):
        each.unlink()
    return beside.replace(path)


def _recorded(entries: list[tuple[str, bytes]]) -> Iterator[str]:
    """A line for each file: what it is called, what its bytes come to, how many they are."""
    for name, body in entries:
        digest = urlsafe_b64encode(sha256(body).digest()).decode().rstrip("=")
        yield f"{name},sha256={digest},{len(body)}\n"
