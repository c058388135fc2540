"""One manifest is tried in a job, where a function would be too small or too short."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from headwater.model.manifest import ManifestState
from headwater.wiring.visit import open_from


def run(words: Sequence[str] | None = None) -> None:
    """Try the manifest that the arguments name, in the lake that they name; end with 1 if dead."""
    parser = argparse.ArgumentParser(prog="headwater-job")
    parser.add_argument("--manifest", required=True)
    parser.add_argument("--lake", required=True)
    given, _ = parser.parse_known_args(words)  # a service adds its own
    with open_from(given.lake) as lake:
        step = lake.convert(given.manifest)
    if step.state is ManifestState.DEAD:
        sys.exit(f"{given.manifest}: {step.error}")
