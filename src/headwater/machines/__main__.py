"""Writes the machines' documents into a folder: `python -m headwater.machines infra/machines`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from headwater.machines.machine import Large, machine

FOLDER = "infra/machines"


def write(folder: Path) -> None:
    """Write a document for each kind of machine."""
    folder.mkdir(parents=True, exist_ok=True)
    for large in Large:
        document = json.dumps(machine(large), indent=2) + "\n"
        (folder / f"{large}.json").write_text(document, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1] if sys.argv[1:] else FOLDER))
