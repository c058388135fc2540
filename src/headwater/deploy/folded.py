"""A library that lies folded beside this file, and is unfolded when it is first imported.

A copy of this stands in a package for each large library. What a function brings may
take 250 MB once unpacked, and its scratch space does not count.
"""

from __future__ import annotations

import os
import sys
import tempfile
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

FOLDED = ".zst"


def _unfolded(folded: Path) -> Path:
    """Where it lies for all processes of this container; the first one puts it there."""
    if sys.version_info >= (3, 14):
        from compression import zstd  # noqa: PLC0415 - from here on it is Python's own
    else:
        from backports import zstd  # noqa: PLC0415 - same

    folder = Path(tempfile.gettempdir(), "headwater-libraries")
    folder.mkdir(mode=0o700, exist_ok=True)
    about = folded.stat()
    there = folder / f"{about.st_size}-{about.st_mtime_ns}-{folded.stem}"
    if not there.exists():
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as made, zstd.open(folded) as it:
            while piece := it.read(1 << 22):
                made.write(piece)
        os.replace(made.name, there)  # noqa: PTH105 - whole, or not there
    return there


def _load(name: str) -> None:
    [folded] = Path(__file__).parent.glob(f"{name.rpartition('.')[2]}.*{FOLDED}")
    there = str(_unfolded(folded))
    loader = ExtensionFileLoader(name, there)
    spec = spec_from_file_location(name, there, loader=loader)
    if spec is None:
        raise ImportError(f"{folded} holds no library", name=name)
    module = module_from_spec(spec)
    loader.exec_module(module)
    sys.modules[name] = module  # in place of this one: import hands out what stands here


if __name__ not in {"__main__", "headwater.deploy.folded"}:
    _load(__name__)
