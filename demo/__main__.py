"""`make demo`: run the commands a user would run, and show what comes of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from demo.data import write
from demo.draw import bars

HERE = Path("demo-lake")
ORDERS = """\
    schema:
      order_id: bigint not null
      ordered_at: timestamp
      customer_id: text
      quantity: int
      price: decimal(10,2)
    partition: [year(ordered_at), month(ordered_at)]
"""
REVENUE = """\
select c.segment, o.region, sum(o.quantity * o.price) as revenue
from orders o join customers c using (customer_id)
group by all order by revenue desc"""
BY_WEEK = """\
select date_trunc('week', ordered_at)::date as week, sum(quantity * price) as revenue
from orders group by all order by week"""

console = Console(highlight=False)


def main() -> int:
    """Make the lake anew, fill it, ask it, draw the answer."""
    if HERE.exists():
        shutil.rmtree(HERE)
    console.rule("[bold]Headwater: files become a lake")
    files = write(HERE / "incoming")
    console.print(
        f"Three feeds' files lie in {HERE / 'incoming'}: some clean, some as people send them.\n"
    )
    run("init")
    for feed, paths in files.items():
        run("new", feed, "--from", relative(paths[0]))
    declare_orders()
    refused = False
    for feed, paths in files.items():
        refused |= run("ingest", feed, *map(relative, paths)) == REFUSED
    run("quarantine", "show")
    run("query", REVENUE)
    run("query", BY_WEEK)
    draw()
    broken = run("verify")
    farewell()
    return 1 if broken or not refused else 0


REFUSED = 3


def relative(path: Path) -> str:
    """A path as somebody types it who stands in the lake's folder."""
    return str(path.relative_to(HERE))


def run(*words: str) -> int:
    """Show a command as a user types it, and run it."""
    shown = " ".join(f'"{word}"' if " " in word else word for word in words)
    console.print(f"[bold green]$[/] [bold]headwater {shown}[/]", soft_wrap=True)
    code = headwater(*words).returncode
    console.print()
    if code not in {0, REFUSED}:
        raise SystemExit(code)
    return code


def headwater(*words: str, capture: bool = False) -> subprocess.CompletedProcess[str]:
    """Run the command line in the lake's folder."""
    HERE.mkdir(exist_ok=True)
    environment = dict(os.environ, PYTHONPATH="") if capture else None
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "headwater", *words],
        cwd=HERE,
        check=False,
        capture_output=capture,
        text=True,
        env=environment,
    )


def declare_orders() -> None:
    """Say what orders are, as their owner would: a schema, and partitions by month."""
    path = HERE / "headwater.yaml"
    text = path.read_text(encoding="utf-8")
    head, _, tail = text.partition("  orders:\n")
    body, following = _feed_body(tail)
    kept = [line for line in body if line.strip().startswith(("match:", "format:", "table:"))]
    path.write_text(f"{head}  orders:\n{''.join(kept)}{ORDERS}{following}", encoding="utf-8")
    console.print("[dim]headwater.yaml: orders get a declared schema and partitions by month.[/]\n")


def _feed_body(text: str) -> tuple[list[str], str]:
    lines = text.splitlines(keepends=True)
    end = next(
        (
            number
            for number, line in enumerate(lines)
            if line.strip() and not line.startswith("   ")
        ),
        len(lines),
    )
    return lines[:end], "".join(lines[end:])


def draw() -> None:
    """Two queries, one picture."""
    answer = json.loads(headwater("query", BY_WEEK, "--format", "json", capture=True).stdout)
    weeks = [(row["week"], float(row["revenue"])) for row in answer]
    console.print("[bold]Revenue by week[/]")
    console.print(bars(weeks))
    console.print()


def farewell() -> None:
    """Say what to try next."""
    console.rule("[bold]Try next")
    console.print(f"cd {HERE}")
    console.print(
        """\
headwater status                                  how the lake stands
headwater explain incoming/orders-2026-09.csv     the story of one file
headwater ingest orders incoming/orders-2026-09.csv   equal bytes: a duplicate, nothing doubles
headwater query "select * from quarantine"        what was refused, as a table
headwater query "select page, count(*) from clicks group by 1"
[dim]headwater is .venv/bin/headwater in the folder where you ran make demo.[/]"""
    )


if __name__ == "__main__":
    sys.exit(main())
