"""What a person reads: the same tables for the terminal and for the documentation."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from bench.aims import MEGABYTE, Kind, Verdict, judge
from bench.cases import BASELINE
from bench.results import METRICS, NOTHING, CaseResult, Outcome, Report, StartUp

# Where a large peak is mostly mapped files, which the system can drop, the words below say so.
FILE_PAGES_FROM = 256 * MEGABYTE
FILE_PAGES_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Grid:
    """A titled table of text, with words below it."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    below: tuple[str, ...] = ()


def grids(report: Report) -> list[Grid]:
    """Lay out the whole report."""
    found = [_aims(judge(report))] if report.cases else []
    found += [_case(result) for result in report.cases]
    if report.start:
        found += _start(report.start)
    return found


def print_report(report: Report, console: Console) -> None:
    """Show it in the terminal."""
    facts = [*report.machine.items(), *report.settings.items()]
    console.print(" · ".join(f"{name} {value}" for name, value in facts), style="dim")
    for grid in grids(report):
        table = Table(title=grid.title, title_justify="left", title_style="bold", expand=False)
        for place, column in enumerate(grid.columns):
            table.add_column(column, justify="left" if place == 0 else "right", no_wrap=place == 0)
        for row in grid.rows:
            table.add_row(*row, style=_style(row))
        console.print()
        console.print(table if grid.rows else grid.title)
        for words in grid.below:
            console.print(words, style="dim", highlight=False, markup=False)
    for note in report.notes:
        console.print(note, style="yellow", markup=False)


def markdown(report: Report) -> str:
    """Write it for the documentation."""
    facts = {**report.machine, **report.settings}
    told = [f"- {name}: {value}" for name, value in facts.items()]
    libraries = ", ".join(f"{name} {version}" for name, version in report.versions.items())
    parts = ["\n".join([*told, f"- versions: {libraries}"])]
    for grid in grids(report):
        lines = [f"### {grid.title}", ""]
        if grid.rows:
            under = ("---", *("---:" for _ in grid.columns[1:]))
            lines += [_line(cells) for cells in (grid.columns, under, *grid.rows)]
        if grid.below:
            lines += ["", *(f"    {line}" for text in grid.below for line in text.splitlines())]
        parts.append("\n".join(lines))
    parts += report.notes
    return "\n\n".join(parts) + "\n"


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _style(row: tuple[str, ...]) -> str:
    if row[0].startswith("Headwater"):
        return "bold cyan"
    return {"met": "green", "missed": "red"}.get(row[-1].split(" ")[0], "")


def _case(result: CaseResult) -> Grid:
    many = f"{result.input_files:,} files, " if result.input_files > 1 else ""
    title = f"{result.case}: {result.title} ({many}{_mb(result.input_bytes)}, {result.rows:,} rows)"
    columns = ("", "time", "range", "CPU", "memory", "bytes out", "files out")
    rows = tuple(_row(result, outcome) for outcome in result.outcomes)
    return Grid(title, columns, rows, tuple(_words_below(result)))


def _row(result: CaseResult, outcome: Outcome) -> tuple[str, ...]:
    if not outcome.right:
        return (outcome.title, _in_short(outcome.problem), *("" for _ in range(5)))
    scaled = f" (from 1/{outcome.scale})" if outcome.scale > 1 else ""
    ratio = {metric: _times(result.ratio(outcome.contestant, metric)) for metric in METRICS}
    least, most = outcome.spread("wall_seconds")
    return (
        outcome.title + scaled,
        f"{ratio['wall_seconds']} {outcome.median('wall_seconds'):.2f} s",
        f"{least:.2f}..{most:.2f}",
        f"{ratio['cpu_seconds']} {outcome.median('cpu_seconds'):.2f} s",
        f"{ratio['memory_bytes']} {_mb(outcome.median('memory_bytes'))}",
        f"{ratio['output_bytes']} {_mb(outcome.median('output_bytes'))}",
        f"{outcome.runs[0].output_files:,}",
    )


def _words_below(result: CaseResult) -> list[str]:
    words = []
    for outcome in result.outcomes:
        if not outcome.right:
            words.append(f"{outcome.title}: {outcome.problem}\n{outcome.details}".rstrip())
            continue
        if outcome.scale > 1:
            words.append(
                f"{outcome.title} ran on 1/{outcome.scale} of the data; shown are its start plus"
                f" {outcome.scale} times the rest, and its memory as measured."
            )
        anonymous, memory = outcome.median("anonymous_bytes"), outcome.median("memory_bytes")
        if memory >= FILE_PAGES_FROM and anonymous < FILE_PAGES_SHARE * memory:
            words.append(f"{outcome.title}: all but {_mb(anonymous)} of its memory are file pages.")
    return words


def _in_short(problem: str) -> str:
    known = ("not run", "not built", "no environment", "void")
    return next((word for word in known if problem.startswith(word)), "failed")


def _aims(verdicts: list[Verdict]) -> Grid:
    rows = tuple(
        (
            f"{verdict.aim.case}: {verdict.aim.says}",
            _limit(verdict),
            _figure(verdict),
            _met(verdict),
        )
        for verdict in verdicts
    )
    return Grid("Headwater's aims", ("", "aim", "measured", "verdict"), rows)


def _limit(verdict: Verdict) -> str:
    sign = "≤" if verdict.aim.kind in {Kind.RATIO, Kind.MEMORY} else "≥"
    return f"{sign} {_unit(verdict.aim.kind, verdict.aim.limit)}"


def _figure(verdict: Verdict) -> str:
    return "not measured" if verdict.figure is None else _unit(verdict.aim.kind, verdict.figure)


def _unit(kind: Kind, value: float) -> str:
    if kind is Kind.MEMORY:
        return f"{value:,.0f} MB"
    return f"{value:,.0f} a second" if kind is Kind.FILES else f"{value:.2f}x"


def _met(verdict: Verdict) -> str:
    if verdict.met is None:
        return "-"
    return "met" if verdict.met else f"missed by {verdict.missed_by:.0%}"


def _start(start: StartUp) -> list[Grid]:
    if start.problem:
        return [Grid("start: almost nothing to do", ("", "time"), (), (start.problem,))]
    taken = tuple(
        (
            name,
            f"{_times(middle / start.seconds[NOTHING][0])} {middle * 1000:.0f} ms",
            f"{least * 1000:.0f}..{most * 1000:.0f}",
            f"{_times(cpu / start.cpu_seconds[NOTHING])} {cpu * 1000:.0f} ms",
        )
        for name, (middle, least, most) in start.seconds.items()
        for cpu in (start.cpu_seconds[name],)
    )
    imports = tuple((module, f"{seconds * 1000:.1f} ms") for module, seconds in start.imports)
    title = f"imports of headwater status: {start.import_seconds * 1000:.0f} ms, the costliest"
    return [
        Grid("start: almost nothing to do", ("", "time", "range", "CPU"), taken),
        Grid(title, ("", "by itself"), imports),
    ]


def _times(ratio: float | None) -> str:
    return "-" if ratio is None else f"{ratio:.2f}x"


def _mb(size_bytes: float) -> str:
    return f"{size_bytes / MEGABYTE:,.1f} MB"


def legend() -> str:
    """Say what the ratios are to."""
    return (
        f"Figures with x are ratios to {BASELINE}'s: below 1 is less."
        " Memory is the peak of the whole process tree."
    )
