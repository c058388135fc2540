"""What is shown of a feed's columns."""

from dataclasses import replace

import pytest

from headwater.flow.columnversions import ColumnChange
from headwater.model.change import Change, ChangeKind
from headwater.model.ids import Key
from headwater.show.html import html
from headwater.show.schema import LISTED, schema_page
from headwater.show.story import stories_page
from tests.cli import shown as samples
from tests.cli.test_notebook import ATTACK
from tests.cli.test_pages import screen, text


def page(**more):
    return text(schema_page(samples.column_story(**more)))


def test_columns_say_where_they_come_from_and_what_is_odd_about_them():
    shown = page()

    assert "order_id     bigint         declared    not null\n" in shown
    assert "declared    not in 3 files\n" in shown
    assert "declared    also betrag, amt\n" in shown
    assert "declared    in the table from the next file on\n" in shown
    assert "_arrival     text           provenance\n" in shown


def test_versions_say_what_changed_and_which_files_brought_it():
    shown = page()

    assert "  + 8 columns  2 files from sales/2026-01-01.csv on\n" in shown
    assert "version 4  2025-04-05 12:00:00 UTC  feed returns  manifest m1abc" in shown
    assert "+  channel   text           sales/2026-01-04.csv\n" in shown
    assert "~  quantity  int -> bigint  3 files from sales/2026-01-04.csv on\n" in shown
    assert "-  note      text\n" in shown


def test_what_waits_comes_with_the_command_that_settles_it():
    shown = page()

    assert "!  cust_id  text  kept in _rescued  3 files from sales/2026-01-02.csv on\n" in shown
    assert "perhaps customer_id: missing from the same file, and the names are alike\n" in shown
    assert shown.count("try: headwater schema sales --map cust_id=customer_id\n") == 1
    assert "try: headwater schema sales --accept 'fax number'" in shown


def test_a_rename_whose_new_column_is_in_the_table_is_told_of_the_missing_one():
    missing = samples.waiting()[1]

    shown = page(waiting=(missing,))

    assert "perhaps called cust_id by now: missing from the same file" in shown
    assert "try: headwater schema sales --map cust_id=customer_id" in shown


def test_a_column_without_a_value_says_so_in_the_place_of_its_type():
    empty = replace(samples.waiting()[2], types=())

    assert "!  fax number  no value yet  files refused" in page(waiting=(empty,))


def test_nothing_to_decide_is_said():
    assert page(waiting=()).endswith("ok no column waits for a decision")


def test_a_feed_without_a_table_says_so_and_shows_what_is_declared():
    there = [replace(each, there=False) for each in samples.columns()[:2]]

    shown = page(version=None, columns=tuple(there), versions=(), waiting=())

    assert shown.startswith("sales -> sales_clean  there is no table yet\n")
    assert "order_id" in shown
    assert "from the next file on" not in shown


def test_a_thousand_columns_at_once_are_not_all_listed():
    wide = tuple(ColumnChange(f"c{at}", None, "text") for at in range(1_000))
    version = replace(samples.column_versions()[1], changes=wide)

    shown = page(versions=(version,))

    assert shown.count("  +  c") == LISTED
    assert "  ... 980 more\n" in shown


@pytest.mark.parametrize("width", [60, 80, 100])
def test_a_screen_of_any_width_shows_every_column_and_every_command(width):
    shown = screen(schema_page(samples.column_story()), width)

    for each in samples.columns():
        assert each.name in shown
    assert "--map cust_id=customer_id" in shown


def test_at_eighty_characters_no_line_is_longer():
    assert max(map(len, page().splitlines())) <= 80


def test_names_from_files_cannot_write_to_the_page_or_the_terminal():
    hostile = replace(samples.waiting()[2], column=f"{ATTACK}\x1b[31m\n", first=ATTACK)

    shown = schema_page(samples.column_story(waiting=(hostile,)))

    assert "<script" not in html(shown)
    assert "\x1b" not in text(shown)
    assert "\\x1b[31m\\n" in text(shown)


def test_the_story_of_a_file_tells_its_own_changes_from_those_of_its_batch():
    own = Change(ChangeKind.WIDENED, "qty", "bigint", "int", first=Key("sales/orders.csv"))
    other = Change(ChangeKind.RENAMED, "id", before="nr", first=Key("sales/b.csv"))
    of_all = Change(ChangeKind.IGNORED, "fax", "text", first=Key("sales/b.csv"), files=2)
    books = (samples.file_books(), samples.file_books("sales/b.csv"))
    receipt = samples.receipt(*books, changes=(own, other, of_all))
    chapter = replace(samples.story().chapters[0], receipt=receipt)

    shown = text(stories_page([replace(samples.story(), chapters=(chapter,))]))

    assert "columns widened: qty int -> bigint\n" in shown
    assert "columns renamed by files of its batch: nr -> id\n" in shown
    assert "columns ignored: fax text\n" in shown
