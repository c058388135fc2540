"""The program, called as a process of its own."""

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

PROGRAM = [sys.executable, "-m", "headwater"]
FORGOTTEN = {"HEADWATER_LAKE", "NO_COLOR", "FORCE_COLOR", "PYTHONPATH"}


class Ran:
    """What a call came to."""

    def __init__(self, ran):
        self.code = ran.returncode
        self.out = ran.stdout
        self.err = ran.stderr

    @property
    def document(self):
        return json.loads(self.out)


def environment(**more):
    kept = {name: value for name, value in os.environ.items() if name not in FORGOTTEN}
    return {**kept, **more}


def run(*words, cwd, stdin=None, **more):
    """Call it, and wait for its end."""
    ran = subprocess.run(
        [*PROGRAM, *map(str, words)],
        cwd=cwd,
        env=environment(**more),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Ran(ran)


def start(*words, cwd, **more):
    """Call it, and go on."""
    return subprocess.Popen(
        [*PROGRAM, *map(str, words)],
        cwd=cwd,
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def write_csv(path, rows, bad=0):
    """A file of sales: so many good rows, and behind them so many bad ones."""
    lines = ["id,amount", *(f"{number},{number}.50" for number in range(rows))]
    lines += ["nonsense,1.00"] * bad
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def make_lake(folder):
    """A lake with the feed sales, as a user makes one; it is made once, and copied."""
    return Path(shutil.copytree(_made(), folder, dirs_exist_ok=True)) / "lake"


@cache
def _made():
    folder = Path(tempfile.mkdtemp(prefix="headwater-made-"))
    atexit.register(shutil.rmtree, folder)
    sample = write_csv(folder / "sample.csv", 100)
    assert run("init", folder / "lake", cwd=folder).code == 0
    made = run("new", "sales", "--from", sample, "-C", folder / "lake", cwd=folder)
    assert made.code == 0, made.err
    return folder
