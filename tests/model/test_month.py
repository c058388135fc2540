"""The bill of docs/how-to/bill.md is what the code reckons, for what infra/ lays down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from headwater.model.cost import Cost
from headwater.model.month import Habit, Month, Standing, idle, month_of
from headwater.model.price import TARIFFS, Item, Prices, amount

ROOT = Path(__file__).parents[2]
PAGE, INFRA = ROOT / "docs" / "how-to" / "bill.md", ROOT / "infra"
LIST = Prices()
SMALL = Habit(100, 1_000_000, batch_files=10, questions_a_day=20, scanned_bytes=500_000_000)
MIDDLE = Habit(10_000, 1_000_000, batch_files=50, questions_a_day=100, scanned_bytes=5_000_000_000)
LARGE = Habit(1_000, 100_000_000, batch_files=10, questions_a_day=200, scanned_bytes=20_000_000_000)
TITLES = {
    "work": "files land and become rows",
    "questions": "questions to Athena",
    "kept": "what is kept, after a year",
    "idle": "what is there anyway",
    "search": "the search for files whose event was lost",
    "audit": "CloudTrail",
}


def written(begin: str) -> str:
    """What stands in the page between two marks."""
    text = PAGE.read_text(encoding="utf-8")
    return text.partition(f"<!-- {begin}:begin -->\n")[2].partition(f"<!-- {begin}:end -->")[0]


def sizes() -> str:
    """The table of three lakes, line by line."""
    months = [month_of(each, LIST) for each in (SMALL, MIDDLE, LARGE)]
    rows = ["| | small | middle | large |", "|---|---:|---:|---:|"]
    for part, title in TITLES.items():
        costs = [getattr(month, part) for month in months]
        rows.append(_row(f"**{title}**", [f"**{_usd(each.nanos)}**" for each in costs]))
        rows += [_row(_words(item), _of(costs, item)) for item in _items(costs)]
    rows.append(_row("**a month**", [f"**{_usd(each.whole.nanos)}**" for each in months]))
    return "\n".join(rows) + "\n"


def nothing() -> str:
    """The table of a lake that has nothing to do."""
    cost = idle(Standing(), LIST)
    rows = ["| | how many | a month |", "|---|---:|---:|"]
    for line in cost.lines:
        tariff = TARIFFS[line.item]
        units = f"{line.quantity:,.0f} {tariff.unit}"
        rows.append(_row(tariff.what, [units, _usd(line.nanos)]))
    rows.append(_row("**all**", ["", f"**{_usd(cost.nanos)}**"]))
    return "\n".join(rows) + "\n"


def _items(costs: list[Cost]) -> list[Item]:
    return list(dict.fromkeys(line.item for cost in costs for line in cost.lines))


def _words(item: Item) -> str:
    return f"{TARIFFS[item].what}, {TARIFFS[item].unit}"


def _of(costs: list[Cost], item: Item) -> list[str]:
    found = [{line.item: line.nanos for line in cost.lines} for cost in costs]
    return [_usd(each[item]) if item in each else "" for each in found]


def _usd(nanos: int) -> str:
    cents = nanos / 1e7
    return amount(nanos) if cents >= 100 else f"{cents / 100:.2f}" if cents >= 1 else "< 0.01"


def _row(name: str, cells: list[str]) -> str:
    return f"| {name} | {' | '.join(cells)} |"


@pytest.mark.parametrize(("mark", "table"), [("sizes", sizes), ("idle", nothing)])
def test_the_page_is_what_the_code_reckons(mark, table):
    assert written(mark) == table(), "write it anew: python -m tests.model.test_month"


def test_the_whole_bill_is_the_sum_of_its_parts():
    month = month_of(MIDDLE, LIST)

    parts = [getattr(month, part) for part in TITLES]

    assert set(Month.__slots__) == set(TITLES)
    assert month.whole.nanos == sum(each.nanos for each in parts)


def test_twice_as_much_work_costs_twice_as_much():
    once, twice = (month_of(Habit(files, 1_000, 10, 0, 0), LIST).work.nanos for files in (100, 200))

    assert twice == pytest.approx(2 * once)


def _text(path: str) -> str:
    return (INFRA / path).read_text(encoding="utf-8")


def _every() -> Iterator[str]:
    return (path.read_text(encoding="utf-8") for path in INFRA.rglob("*.tf"))


def test_what_stands_there_by_the_month_is_what_infra_lays_down():
    zones = _text("main.tf").partition("zones = merge({")[2].partition("}, var.zones")[0]
    buckets = len(re.findall(r"^    [a-z]+ +=", zones, re.MULTILINE))
    keys = sum(text.count('resource "aws_kms_key"') for text in _every())
    charts = _text("modules/dashboards/main.tf").partition("charts = {")[2]
    boards = len(re.findall(r"^    [a-z-]+ = \[$", charts, re.MULTILINE))
    functions = len(re.findall(r"memory_mb = \d", _text("modules/functions/main.tf")))
    workgroups = len(re.findall(r"\w+ = \d{9,}", _text("main.tf")))
    single = 4  # the machine, the job, the dead letters, the age of the oldest message

    assert (buckets, keys) == (7, 4)  # one of these four is that of each bucket
    assert Standing() == Standing(
        keys=buckets + 1 + keys - 1,  # and the audit's bucket
        alarm_metrics=2 * functions + single + buckets + 2 * workgroups,
        dashboards=boards,
    )


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    for mark, table in (("sizes", sizes), ("idle", nothing)):
        begin, end = f"<!-- {mark}:begin -->\n", f"<!-- {mark}:end -->"
        before, _, rest = text.partition(begin)
        text = before + begin + table() + end + rest.partition(end)[2]
    PAGE.write_text(text, encoding="utf-8")
