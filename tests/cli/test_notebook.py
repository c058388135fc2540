from dataclasses import replace

import pytest

import headwater.lake
from headwater.flow.work import Done
from headwater.show.html import html
from headwater.show.notebook import Listing
from headwater.show.rows import answer_page
from tests.cli import shown as samples

ATTACK = "<script>alert(1)</script>"


class Rows:
    """An answer that is there already."""

    columns = (ATTACK, "n")
    types = ("varchar", "bigint")

    def __init__(self, rows):
        self._rows = rows

    def rows(self, limit=None):
        return self._rows[:limit]


def hostile_values():
    key = f"sales/{ATTACK}.csv"
    return [
        samples.receipt(samples.file_books(key)),
        Listing([samples.receipt(samples.file_books(key))]),
        Done([samples.receipt(samples.file_books(key))], [samples.failed(dead=True)]),
        samples.status(),
        samples.table(columns=((ATTACK, "text"),)),
        Listing([samples.table(partition_by=(ATTACK,))]),
        samples.refused_row(raw=ATTACK, message=ATTACK),
        Listing([samples.refused_row(key=key, raw=ATTACK)]),
        samples.verdict(samples.broken()),
        Listing([samples.story()]),
        samples.column_story(columns=(replace(samples.columns()[0], name=ATTACK),)),
        headwater.lake.Ingested(
            tuple(samples.landings()), (samples.receipt(samples.file_books(key)),), (), ()
        ),
    ]


@pytest.mark.parametrize("value", hostile_values(), ids=lambda value: type(value).__name__)
def test_every_value_shows_as_a_table_in_which_all_text_is_escaped(value):
    shown = value._repr_html_()

    assert shown.startswith('<div class="headwater">')
    assert "<script" not in shown


def test_hostile_cells_and_columns_of_an_answer_are_escaped():
    shown = html(answer_page(Rows([(ATTACK, 1), (None, 2)])))

    assert "<script" not in shown
    assert shown.count("&lt;script&gt;") == 2
    assert "<table" in shown


def test_an_answer_shows_its_first_rows_and_says_that_there_are_more():
    shown = html(answer_page(Rows([("x", number) for number in range(100)])))

    assert shown.count("<tr>") == 21
    assert "..." in shown


def test_a_listing_is_a_list():
    listing = Listing([1, 2])

    assert listing == [1, 2]
    assert "nothing" in Listing()._repr_html_()
