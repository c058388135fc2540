"""Texts of any dialect that land in one lake: every row of each is in the table, once."""

from collections import Counter

import pytest

from tests.differential.delimited import likely_case_of
from tests.flow import lakes

pytestmark = pytest.mark.slow
FILES = 60
FEED = "  sales:\n    types: text\n    on_new_column: add\n"


@pytest.fixture(scope="module")
def cases():
    """Cases whose dialect is found, and no more than one of equal bytes."""
    made = (likely_case_of(f"lake {number}") for number in range(FILES))
    return {f"file-{number}.csv": case for number, case in enumerate(made)}


@pytest.fixture(scope="module")
def lake(tmp_path_factory, cases):
    folder = tmp_path_factory.mktemp("lake")
    incoming = [
        lakes.write(folder / "incoming" / name, case.content) for name, case in cases.items()
    ]
    with lakes.make(folder / "lake", FEED) as lake:
        lake.ingest("sales", *incoming)
        yield lake


def _arrival(lake, name):
    return lakes.story(lake, f"sales/{name}").chapters[-1].arrival


def _found_rows(lake, case, name):
    columns = ", ".join(f'"{column}"' for column in case.names)
    held = f"select {columns} from sales where _arrival = '{_arrival(lake, name).id}'"
    return Counter(lake.query(held).rows())


def test_each_file_gives_the_rows_that_are_in_it(lake, cases):
    assert {
        name: (_found_rows(lake, case, name), case.rows)
        for name, case in cases.items()
        if _found_rows(lake, case, name) != Counter(case.rows)
    } == {}


def test_each_damaged_row_is_in_quarantine_by_its_line(lake, cases):
    assert {
        name: [(row.line, row.code) for row in lake.refused_rows(file=f"sales/{name}")]
        for name, case in cases.items()
        if [row.line for row in lake.refused_rows(file=f"sales/{name}")]
        != [each.line for each in case.damage]
    } == {}


def test_the_books_balance_and_the_lake_is_sound(lake):
    books = [receipt.books for receipt in lake.receipts()]

    assert all(each.balanced for each in books)
    assert lake.verify().findings == ()
