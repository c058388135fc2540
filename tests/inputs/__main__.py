"""Write the golden results anew: python -m tests.inputs; then look at what changed."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from headwater.adapters.duckdb.engine import DuckEngine
from tests.contracts.bench import Bench
from tests.inputs.entries import ENTRIES
from tests.inputs.outcome import GOLDEN, golden_of, outcome


def main():
    GOLDEN.mkdir(exist_ok=True)
    for old in GOLDEN.glob("*.json"):
        old.unlink()
    engine = DuckEngine()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(engine, Path(folder))
        for name, entry in ENTRIES.items():
            found = outcome(bench, entry)
            if found["becomes"] != entry.becomes:
                sys.stderr.write(f"{name}: promised {entry.becomes}, became {found['becomes']}\n")
            text = json.dumps(found, indent=1, ensure_ascii=False)
            golden_of(name).write_text(text + "\n", encoding="utf-8")
    engine.close()


if __name__ == "__main__":
    main()
