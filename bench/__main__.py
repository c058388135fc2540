"""`python -m bench`: measure Headwater and its peers, print the tables, keep the figures."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from bench.cases import BASELINE, CASES, PEERS, START, TOGETHER
from bench.contestants import HeadwaterRun, Wrong
from bench.data import Shelf, Wanted
from bench.environments import CHECKOUT, Environments, NotReady, java, versions
from bench.machine import describe
from bench.record import NoBlock, fill_block, recall, store
from bench.report import legend, markdown, print_report
from bench.results import Report, StartUp
from bench.rounds import Plan, Rounds
from bench.start_up import measure_start
from bench.words import Names, Share, Size

HOME = CHECKOUT / "bench"
SHOWN = ("duckdb", "polars", "pyarrow", "pandas", "pyspark", "dlt", "deltalake", "headwater")
PAPER_COLUMNS = 120
INTERRUPTED = 130
LINUX_ONLY = "the benchmark measures through /proc and needs Linux"


@dataclass(frozen=True, slots=True)
class Options:
    """The words of the call."""

    size: int
    files: int
    seed: int
    cases: tuple[str, ...]
    peers: tuple[str, ...]
    no_spark: bool
    repeat: int
    dirty: float
    timeout: float
    data: Path
    write: Path | None
    stored: Path | None


@click.command()
@click.option("--size", type=Size(), default="500MB", show_default=True, help="bytes of the CSV")
@click.option("--files", type=click.IntRange(1), default=10_000, show_default=True)
@click.option("--seed", type=int, default=7, show_default=True, help="other rows, same shape")
@click.option(
    "--cases", type=Names((*CASES, START)), default="csv,gz,ndjson,partitioned,files,steps,start",
    show_default=True,
)  # fmt: skip
@click.option("--peers", type=Names(tuple(PEERS)), default=",".join(PEERS), show_default=True)
@click.option("--no-spark", is_flag=True, help="leave Spark out")
@click.option("--repeat", type=click.IntRange(1), default=3, show_default=True)
@click.option("--dirty", type=Share(), default=0.0, help="add the case dirty, e.g. 0.1%")
@click.option("--timeout", type=float, default=1_800, show_default=True, help="seconds a run")
@click.option("--data", type=click.Path(path_type=Path), default=HOME / "data", help="where")
@click.option("--write", type=click.Path(path_type=Path, exists=True), help="fill this page")
@click.option("--stored", type=click.Path(path_type=Path, exists=True), help="show, do not run")
def main(**words: Any) -> None:
    """Measure Headwater and its peers on the same rows; ratios are to a bare DuckDB COPY."""
    if not sys.platform.startswith("linux"):
        raise click.ClickException(LINUX_ONLY)
    options = Options(**words)
    console = Console()
    if not console.is_terminal:
        console.width = PAPER_COLUMNS
    if options.stored:
        report = recall(options.stored)
    else:
        report = run(options, Console(stderr=True))
        file = store(report, HOME / "results")
        click.echo(f"kept in {file}", err=True)
    print_report(report, console)
    console.print(legend(), style="dim")
    if options.write:
        try:
            fill_block(options.write, markdown(report))
        except NoBlock as error:
            raise click.ClickException(str(error)) from error


def run(options: Options, talk: Console) -> Report:
    """Measure every case asked for."""
    shelf, environments = Shelf(options.data.resolve()), Environments(HOME / "envs")
    shelf.folder.mkdir(parents=True, exist_ok=True)
    wanted = Wanted(options.size, options.files, options.seed, options.dirty)
    plan = Plan(wanted, _peers(options), options.repeat, options.timeout)
    rounds = Rounds(plan, shelf, environments, lambda words: talk.print(words, markup=False))
    machine = describe(shelf.folder)
    cases = tuple(rounds.case(CASES[name]) for name in _cases(options))
    start = _start(environments, shelf) if START in options.cases else None
    measured = plan.peers if cases else ()
    settings = {
        "size": f"{options.size / 10**6:,.0f} MB",
        "repeats": f"{options.repeat}, the median is shown",
        "seed": str(options.seed),
        "java": java() or "none",
    }
    return Report(
        machine, _versions(measured, environments), settings, cases, start, _notes(options)
    )


def _cases(options: Options) -> list[str]:
    named = [name for name in options.cases if name != START]
    asked = list(dict.fromkeys(each for name in named for each in TOGETHER.get(name, (name,))))
    return [*asked, "dirty"] if options.dirty and "dirty" not in asked else asked


def _peers(options: Options) -> tuple[str, ...]:
    """The baseline is always there, since every ratio is to it."""
    asked = (BASELINE, *(name for name in options.peers if name != BASELINE))
    return tuple(name for name in asked if not (options.no_spark and name == "spark"))


def _notes(options: Options) -> tuple[str, ...]:
    left_out = [name for name in PEERS if name not in _peers(options)]
    return (f"Left out by request: {', '.join(left_out)}.",) if left_out else ()


def _start(environments: Environments, shelf: Shelf) -> StartUp:
    folder = shelf.folder / "runs" / START
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        python = environments.headwater()
        return measure_start(HeadwaterRun(python), python, folder)
    except (NotReady, Wrong) as error:
        return StartUp({}, {}, (), 0.0, f"not measured: {error}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _versions(peers: tuple[str, ...], environments: Environments) -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in peers:
        found |= _shown(lambda name=name: environments.peer(PEERS[name].requirements))
    return found | _shown(environments.headwater)


def _shown(python: Any) -> dict[str, str]:
    try:
        listed = versions(python())
    except (NotReady, subprocess.CalledProcessError):
        return {}
    return {name: listed[name] for name in SHOWN if name in listed}


def _door() -> int:
    try:
        main.main(prog_name="python -m bench", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped; what was running has been ended", err=True)
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(_door())
