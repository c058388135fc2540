"""`python -m bench.box`: one lake here and in the box: how soon a file shows, how fast many go.

The box is Python on this machine, and takes its share of its processors.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from threading import Event, Thread

import click
import duckdb
from rich.console import Console
from rich.table import Table

import headwater
from bench.laid import FEEDS, lay_down
from bench.words import Names, Size
from headwater.emulator.box import Box, running
from headwater.lake import Lake
from headwater.wiring.visit import open_from

SHOWN, STAGED = "shown", "staged"
SMALL_BYTES = 10_000
PATIENCE_SECONDS = 120.0
GLANCE_SECONDS = 0.01
ROW_BYTES = 50  # as _written makes them, or nearly
ROWS = """
copy (select range + {first} as order_id, range % 977 as customer_id, 'north' as region,
      (range % 10007) / 100 as amount, timestamp '2026-01-01' + interval (range % 7776000) second
      as ordered from range({rows})) to '{path}' (format csv, header)
"""
AIMS = {SHOWN: "2 s in the box, 0.5 s here", STAGED: "at least half as fast as here"}


@click.command()
@click.option("--cases", type=Names((SHOWN, STAGED)), default=f"{SHOWN},{STAGED}")
@click.option("--files", type=click.IntRange(1), default=100, show_default=True, help="staged")
@click.option("--size", type=Size(), default="10MB", show_default=True, help="of each of them")
@click.option("--repeat", type=click.IntRange(1), default=5, show_default=True, help="shown")
def main(cases: tuple[str, ...], files: int, size: int, repeat: int) -> None:
    """Measure here and in the box, in one run, and print both with their ratio."""
    table = Table("", "here", "in the box", "box : here", "aim", title_justify="left")
    with tempfile.TemporaryDirectory() as folder, running() as box:
        os.environ.update(box.environment)
        if SHOWN in cases:
            here, there = shown(box, Path(folder), repeat)
            what = f"a file of {SMALL_BYTES // 1000} kB, until a query shows it"
            table.add_row(what, *_told(here, there), AIMS[SHOWN])
        if STAGED in cases:
            here, there = staged(box, Path(folder), files, size)
            what = f"{files} files of {size / 10**6:.0f} MB, landed before"
            table.add_row(what, *_told(here, there), AIMS[STAGED])
    Console().print(table)


def _told(here: float, there: float) -> tuple[str, str, str]:
    return f"{here:.2f} s", f"{there:.2f} s", f"{there / here:.2f}x"


def shown(box: Box, folder: Path, repeat: int) -> tuple[float, float]:
    """Seconds from a file's coming until a query shows its rows: the median, once all is warm."""
    return median(_here(folder / "here", repeat)), median(_in_the_box(box, folder, repeat))


def _here(folder: Path, repeat: int) -> list[float]:
    """A worker runs in one thread; files land in another."""
    stop = Event()
    with _lake(folder, "lake: ./lake\n") as lake, _lake(folder, "lake: ./lake\n") as at_work:
        worker = Thread(target=lambda: at_work.work(until_idle=False, stop=stop))
        worker.start()
        try:
            return _times(lake, lambda path: lake.land("orders", path), folder, repeat)
        finally:
            stop.set()
            worker.join()


def _in_the_box(box: Box, folder: Path, repeat: int) -> list[float]:
    bucket, place = lay_down(box)
    s3 = box.client("s3")

    def put(path: Path) -> object:
        key = f"raw/orders/{path.name}"
        return s3.put_object(Bucket=bucket, Key=key, Body=path.read_bytes())

    with open_from(place, folder / "home") as lake:
        return _times(lake, put, folder, repeat)


def _times(lake: Lake, come: Callable[[Path], object], folder: Path, repeat: int) -> list[float]:
    rows = SMALL_BYTES // ROW_BYTES
    taken = []
    for number in range(repeat + 1):
        path = _written(folder / f"small-{number}.csv", rows, number * rows)
        began = time.perf_counter()
        come(path)
        _await(lake, (number + 1) * rows)
        taken.append(time.perf_counter() - began)
    return taken[1:]  # the first one finds everything cold


def _await(lake: Lake, rows: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if lake.tables() and lake.query("select count(*) from orders").rows()[0][0] == rows:
            return
        time.sleep(GLANCE_SECONDS)
    raise click.ClickException(f"{rows} rows were not there after {PATIENCE_SECONDS:.0f} s")


def staged(box: Box, folder: Path, files: int, size: int) -> tuple[float, float]:
    """Seconds that a worker takes for files that have landed."""
    made = folder / "large"
    made.mkdir()
    rows = size // ROW_BYTES
    paths = [_written(made / f"{n}.csv", rows, n * rows) for n in range(files)]
    places = ("lake: ./lake\n", f"lake: s3://{box.bucket()}\n")
    here, there = (_worked(folder / str(at), each, paths) for at, each in enumerate(places))
    return here, there


def _worked(folder: Path, place: str, paths: list[Path]) -> float:
    with _lake(folder, place, "feeds:\n  orders: {match: orders/**}\n") as lake:
        lake.land("orders", *paths)
        began = time.perf_counter()
        done = lake.work()
        taken = time.perf_counter() - began
    if sum(len(each.files) for each in done.receipts) != len(paths):
        raise click.ClickException(f"not all was converted: {done.failures}")
    return taken


@contextmanager
def _lake(folder: Path, place: str, feeds: str = FEEDS) -> Iterator[Lake]:
    folder.mkdir(exist_ok=True)
    (folder / "headwater.yaml").write_text(place + feeds, encoding="utf-8")
    with headwater.open(folder) as lake:
        yield lake


def _written(path: Path, rows: int, first: int) -> Path:
    path.parent.mkdir(exist_ok=True)
    duckdb.sql(ROWS.format(path=path, rows=rows, first=first))
    return path


if __name__ == "__main__":
    main()
