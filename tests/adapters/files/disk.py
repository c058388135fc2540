"""What lies on the disk below a store, and processes that put something there."""

from __future__ import annotations

import os
import subprocess
import sys

from headwater.reading.source import source_stamp


def leftovers(root):
    """Every file below the root, temporary ones and all."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir())


def take_in_child(root, path, how, environment):
    program = (
        "import sys; from pathlib import Path; from headwater.adapters.files import FileStore\n"
        "from headwater.ports.store import How, Taking\n"
        "root, path, how, stamp = sys.argv[1:]\n"
        "print(FileStore(Path(root)).take([Taking(Path(path), 's/a.csv', How(how), stamp)]))"
    )
    stamp = source_stamp(path.stat())
    return subprocess.run(
        [sys.executable, "-c", program, str(root), str(path), how.value, stamp],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | environment,
    )
