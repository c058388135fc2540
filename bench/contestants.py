"""Those who take part: how each is started, and how its output is checked afterwards."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import duckdb
import yaml

from bench.cases import BARE, CHECKS, CLEAN, COLUMNS, HEADWATER, STEPS, Case, Peer
from bench.data import Input
from bench.measure import clean_environment

SCRIPTS = Path(__file__).with_name("peers")
DONE, REFUSED_SOMETHING = 0, 3
CHECK_SECONDS = 1_800
TITLES = {
    HEADWATER: "Headwater",
    BARE: "Headwater, no steps",
    CLEAN: "Headwater, clean file",
}


class Wrong(Exception):
    """The output is not what the input holds; the run does not count."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a run left behind."""

    rows: int
    size_bytes: int
    files: int


class Contestant(Protocol):
    """Someone who does the work of a case in a folder of its own."""

    name: str
    title: str
    scale: int

    def command(self, case: Case, given: Input, folder: Path) -> list[str]:
        """Prepare the folder, outside the measurement, and give the command to measure."""

    def ended_well(self, case: Case, exit_code: int) -> bool:
        """Whether that exit code is what the case should end with."""

    def output(self, folder: Path) -> Output:
        """Look at what the run left, or raise Wrong."""


class PeerRun:
    """A peer's script in its own environment."""

    def __init__(self, peer: Peer, python: Path) -> None:
        """Take the peer and its interpreter."""
        self.name, self.title, self.scale = peer.name, peer.title, peer.scale
        self._peer = peer
        self._python = python

    def command(self, case: Case, given: Input, folder: Path) -> list[str]:
        """Give it an empty output folder and a scratch folder beside it."""
        (folder / "out").mkdir()
        (folder / "scratch").mkdir()
        script = SCRIPTS / f"{self._peer.script}.py"
        paths = [str(given.path), str(folder / "out")]
        return [str(self._python), str(script), case.name, *paths, *self._peer.arguments]

    def ended_well(self, case: Case, exit_code: int) -> bool:  # noqa: ARG002 - part of the shape
        """Nothing but zero will do."""
        return exit_code == DONE

    def output(self, folder: Path) -> Output:
        """Count the rows of every Parquet file it wrote, by their footers."""
        parts = list((folder / "out").rglob("*.parquet"))
        if not parts:
            raise Wrong("it wrote no Parquet file")
        names = [str(part) for part in parts]
        sql = "select sum(num_rows) from parquet_file_metadata($names)"
        [(rows,)] = duckdb.execute(sql, {"names": names}).fetchall()
        return Output(int(rows), sum(part.stat().st_size for part in parts), len(parts))


class HeadwaterRun:
    """Headwater's own command line, everything on: landing, accounts, quarantine, commit."""

    scale = 1

    def __init__(self, python: Path, name: str = HEADWATER) -> None:
        """Take the interpreter it is installed beside; bare, it leaves out steps and checks."""
        self.name = name
        self.title = TITLES[name]
        self._program = str(python.with_name("headwater"))

    def command(self, case: Case, given: Input, folder: Path) -> list[str]:
        """Make a lake with one feed; to measure is landing and working until all is settled."""
        lake = folder / "lake"
        self._ask("init", str(lake))
        declare_feed(lake / "headwater.yaml", case, bare=self.name == BARE)
        files = [str(file) for file in given.files]
        return [self._program, "ingest", "-C", str(lake), "sales", *files, "--link", "--json"]

    def ended_well(self, case: Case, exit_code: int) -> bool:
        """Bad rows must be told by the exit code, and clean data must not."""
        bad = case.name == "dirty" or (case.damaged and self.name != CLEAN)
        return exit_code == (REFUSED_SOMETHING if bad else DONE)

    def output(self, folder: Path) -> Output:
        """Ask the lake for its rows, have it verify itself, and size the table's parts."""
        lake = folder / "lake"
        counted = self._ask(
            "query", "-C", str(lake), "select count(*) from sales", "--format", "csv"
        )
        self._ask("verify", "-C", str(lake))
        parts = [
            part for part in lake.rglob("processed/**/*.parquet") if "_delta_log" not in part.parts
        ]
        rows = int(counted.split()[-1])
        return Output(rows, sum(part.stat().st_size for part in parts), len(parts))

    def start_commands(self, folder: Path) -> dict[str, list[str]]:
        """Give what is asked of a program that should do almost nothing."""
        lake = folder / "lake"
        self._ask("init", str(lake))
        return {
            "headwater --version": [self._program, "--version"],
            "headwater --help": [self._program, "--help"],
            "headwater status": [self._program, "status", "-C", str(lake)],
        }

    def _ask(self, *arguments: str) -> str:
        done = subprocess.run(
            [self._program, *arguments],
            check=False,
            capture_output=True,
            text=True,
            timeout=CHECK_SECONDS,
            env=clean_environment(),
        )
        if done.returncode != DONE:
            said = (done.stderr or done.stdout).strip() or "(it said nothing)"
            verb = arguments[0]
            raise Wrong(f"headwater {verb} ended with {done.returncode}:\n{said[-2_000:]}")
        return done.stdout


def declare_feed(configuration: Path, case: Case, *, bare: bool = False) -> None:
    """Put one feed into what `headwater init` wrote; all else stays at its default."""
    feed: dict[str, object] = {"match": "sales/**", "format": case.format, "table": "sales"}
    if case.partitioned:
        feed["partition"] = ["year(order_ts)", "month(order_ts)", "day(order_ts)"]
    if case.declared:
        feed["schema"] = dict(COLUMNS)
    if case.shaped and not bare:
        feed |= {"steps": list(STEPS), "checks": list(CHECKS)}
    settings = yaml.safe_load(configuration.read_text(encoding="utf-8")) or {}
    settings["feeds"] = {"sales": feed}
    unfinished = configuration.with_suffix(".unfinished")
    unfinished.write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
    unfinished.replace(configuration)
