"""`python -m bench.big`: steps that look at all rows together, over more rows than memory holds."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import duckdb
import yaml
from rich.console import Console
from rich.table import Table

from bench.aims import MEGABYTE
from bench.contestants import DONE, REFUSED_SOMETHING
from bench.environments import CHECKOUT
from bench.measure import Measured, clean_environment, last_words, measure
from bench.words import Names

ROWS_SQL = Path(__file__).with_name("big.sql")
ROUND = 40_000  # rows are a multiple of it, so that the share of keys that come twice is exact
CUSTOMERS = 1_000_000
SEGMENTS = f"select 1 + range as customer_id, 's' || range % 10 as segment from range({CUSTOMERS})"
MAKING_MEMORY = "2GB"
ORDERS, REFERENCE = "orders", "customers"


@dataclass(frozen=True, slots=True)
class Big:
    """One way of looking at all rows together."""

    name: str
    title: str
    feed: dict[str, Any]
    twins: int = 0  # every so manyth row has the key of another
    leaves_out: int = 0  # every so manyth row
    before: bool = False  # whether the table holds every second key already
    exit_code: int = DONE


CASES = {
    case.name: case
    for case in (
        Big("bare", "no steps", {}),
        Big(
            "dedupe",
            "dedupe by key, the latest stays; one key in 20 comes twice",
            {"steps": [{"dedupe": {"by": "order_id", "keep": "latest ordered"}}]},
            twins=20,
            leaves_out=20,
        ),
        Big(
            "across",
            "dedupe across the table, which has every second key",
            {"steps": [{"dedupe": {"by": "order_id", "across": "table"}}]},
            leaves_out=2,
            before=True,
        ),
        Big(
            "join",
            "join with a table of 1,000,000 rows",
            {"steps": [{"join": {"table": REFERENCE, "on": "customer_id", "take": "segment"}}]},
        ),
        Big("unique", "check unique; all keys are", {"checks": [{"unique": "order_id"}]}),
        Big(
            "twins",
            "check unique; one key in 1,000 comes twice, and its rows are refused",
            {"checks": [{"unique": "order_id", "action": "quarantine"}]},
            twins=1000,
            leaves_out=500,
            exit_code=REFUSED_SOMETHING,
        ),
        Big(
            "forward",
            "fill_forward in the order of a time, for each customer",
            {"steps": [{"fill_forward": {"columns": "note", "by": "customer_id",
                                         "order": "ordered"}}]},
        ),
        Big(
            "explode",
            "explode two elements a row, then dedupe of what comes of it",
            {
                "steps": [
                    {"derive": {"each": "[order_id, order_id + 1]"}},
                    {"explode": {"column": "each"}},
                    {"dedupe": {"by": ["each"]}},
                ]
            },
        ),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """What all cases share."""

    rows: int
    memory: str
    folder: Path
    timeout: float


@click.command()
@click.option("--rows", type=click.IntRange(ROUND), default=50_000_000, show_default=True)
@click.option("--memory", default="500MB", show_default=True, help="as in headwater.yaml")
@click.option("--cases", type=Names(tuple(CASES)), default=",".join(CASES), show_default=True)
@click.option("--formats", type=Names(("parquet", "csv")), default="parquet", show_default=True)
@click.option("--keep", is_flag=True, help="do not remove the files that are made")
@click.option("--timeout", type=float, default=3_600, show_default=True, help="seconds a run")
@click.option("--data", type=click.Path(path_type=Path), default=CHECKOUT / "bench" / "data")
def main(**words: Any) -> None:
    """Show what each case takes; files of some gigabytes are made, and removed at the end."""
    folder = words["data"].resolve() / "big"
    rows = words["rows"] // ROUND * ROUND
    setting = Setting(rows, words["memory"], folder, words["timeout"])
    shown = Table("case", "format", "time", "CPU", "memory", "rows out", title=f"{rows:,} rows")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        for form in words["formats"]:
            for name in words["cases"]:
                row = run(CASES[name], form, setting)
                click.echo("  ".join((name, *row)), err=True)
                shown.add_row(CASES[name].title, *row)
    finally:
        if not words["keep"]:
            shutil.rmtree(folder)
    Console(width=None if sys.stdout.isatty() else 120).print(shown)


def run(case: Big, form: str, setting: Setting) -> tuple[str, ...]:
    """What one case takes; what is wrong in its stead."""
    given = orders(setting, form, case.twins)
    with _lake(setting, case) as lake:
        if case.before:
            _declare(lake, setting, {})
            earlier = _made(setting, "every second key.parquet", _half(given))
            _ask("ingest", "-C", lake, ORDERS, earlier, "--link", "--json")
            before = setting.rows // 2
        else:
            before = 0
        _declare(lake, setting, case.feed)
        program = [str(Path(sys.executable).with_name("headwater")), "ingest", "-C", str(lake)]
        took = measure(
            [*program, ORDERS, str(given), "--link", "--json"],
            lake.parent,
            timeout_seconds=setting.timeout,
        )
        if took.problem or took.exit_code != case.exit_code:
            said = took.problem or f"ended with {took.exit_code}"
            return form, said, "", _megabytes(took), last_words(lake.parent).splitlines()[-1]
        asked = f"select count(*) from {ORDERS}"
        counted = int(_ask("query", "-C", lake, asked, "--format", "csv").split()[-1]) - before
    wanted = setting.rows - (setting.rows // case.leaves_out if case.leaves_out else 0)
    right = "" if counted == wanted or case.name == "explode" else f", {wanted:,} are right"
    times = f"{took.wall_seconds:.0f} s", f"{took.cpu_seconds:.0f} s"
    return form, *times, _megabytes(took), f"{counted:,}{right}"


def orders(setting: Setting, form: str, twins: int) -> Path:
    """A file of orders, made where it is not there yet."""
    given = {"rows": setting.rows, "twins": twins, "customers": CUSTOMERS}
    query = ROWS_SQL.read_text(encoding="utf-8")
    return _made(setting, f"orders-{twins}.{form}", query, given)


def _half(given: Path) -> str:
    reader = "read_csv" if given.suffix == ".csv" else "read_parquet"
    return f"select * from {reader}('{given}') where order_id % 2 = 0"


def _made(setting: Setting, name: str, query: str, given: dict[str, Any] | None = None) -> Path:
    path = setting.folder / name
    if not path.exists():
        form = "csv, header" if path.suffix == ".csv" else "parquet"
        with duckdb.connect(config={"memory_limit": MAKING_MEMORY}) as connection:
            connection.execute("set preserve_insertion_order = false")
            connection.execute(f"copy ({query}) to '{path}' (format {form})", given)
    return path


@contextmanager
def _lake(setting: Setting, case: Big) -> Iterator[Path]:
    """A lake of its own beside the files, where --link can link."""
    root = setting.folder / case.name
    root.mkdir()
    try:
        _ask("init", root / "lake")
        if "join" in str(case.feed):
            reference = _made(setting, "reference.parquet", SEGMENTS)
            _declare(root / "lake", setting, {})
            _ask("ingest", "-C", root / "lake", REFERENCE, reference, "--json")
        yield root / "lake"
    finally:
        shutil.rmtree(root)


def _declare(lake: Path, setting: Setting, feed: dict[str, Any]) -> None:
    path = lake / "headwater.yaml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    settings["memory"] = setting.memory
    settings["feeds"] = {ORDERS: {"max_bad": "100%", **feed}, REFERENCE: {}}
    path.write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")


def _ask(*words: str | Path) -> str:
    program = Path(sys.executable).with_name("headwater")
    done = subprocess.run(
        [str(program), *map(str, words)],
        check=False,
        capture_output=True,
        text=True,
        env=clean_environment(),
    )
    if done.returncode != DONE:
        raise click.ClickException(f"headwater {words[0]}: {done.stderr or done.stdout}")
    return done.stdout


def _megabytes(took: Measured) -> str:
    return f"{took.peak_rss_bytes / MEGABYTE:,.0f} MB"


if __name__ == "__main__":
    main()
