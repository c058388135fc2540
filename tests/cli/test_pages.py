import io
from dataclasses import replace

import pytest
from rich.console import Console

from headwater.cli.fit import fit
from headwater.cli.plain import plain_lines
from headwater.cli.screen import Screen
from headwater.model.arrival import ArrivalState
from headwater.model.receipt import Books
from headwater.ports.peek import Flaw
from headwater.show.look import _flaws
from headwater.show.page import Heading, Mark, Span, Tone, line, sheet
from headwater.show.receipts import (
    ended_page,
    equation,
    failed_page,
    landings_page,
    receipt_page,
    receipts_page,
)
from headwater.show.refused import refused_files_page, refused_rows_page
from headwater.show.rows import rows_sheet
from headwater.show.standing import status_page, table_page
from headwater.show.story import stories_page
from headwater.show.upkeep import verdict_page
from tests.cli import shown as samples


def text(page):
    return "\n".join(plain_lines(page))


def screen(page, width=100):
    stream = io.StringIO()
    console = Console(
        file=stream, force_terminal=True, width=width, highlight=False, color_system="standard"
    )
    Screen(stream, console).paint(page)
    return stream.getvalue()


def every_page():
    return [
        receipts_page([samples.receipt(samples.file_books(), samples.refused_file_books())]),
        failed_page(samples.failed()),
        landings_page(samples.landings()),
        ended_page([samples.arrival(state=ArrivalState.DEAD)]),
        status_page(samples.status()),
        table_page(samples.table()),
        stories_page([samples.story()]),
        refused_files_page([samples.refused_file()]),
        refused_rows_page([samples.refused_row()]),
        verdict_page(samples.verdict(samples.broken())),
    ]


def test_books_are_told_as_an_equation():
    assert equation(Books(1_000, 990, 10)) == "read 1,000 = written 990 + quarantined 10"


def test_terms_that_say_nothing_are_left_out_and_those_that_do_are_named():
    books = Books(1_000, 900, 0, 60, 40)

    said = equation(books)

    assert said == "read 1,000 = written 900 + quarantined 0 + filtered 60 + deduplicated 40"


def test_rows_that_steps_made_or_took_together_are_in_the_equation():
    books = Books(18, written=14, quarantined=7, filtered=8, exploded=13, aggregated=2)

    assert equation(books) == (
        "read 18 + exploded 13 = written 14 + quarantined 7 + filtered 8 + aggregated 2"
    )


def test_a_receipt_shows_what_steps_made_beside_what_was_read():
    plain = samples.file_books("sales/a.csv", 10, 0)
    made = replace(plain, key="sales/b.csv", books=Books(3, written=5, exploded=2))

    lines = [line.split() for line in text(receipt_page(samples.receipt(plain, made))).splitlines()]

    assert ["file", "size", "read", "+", "exploded", "=", "written", "+", "quarantined"] in lines
    assert lines[-1][-7:] == ["13", "+", "2", "=", "15", "+", "0"]


def test_a_receipt_shows_the_equation_of_each_file_and_of_all_together():
    shown = text(
        receipt_page(
            samples.receipt(
                samples.file_books("sales/a.csv", 990, 10),
                samples.file_books("sales/b.csv", 500, 0),
            )
        )
    )

    lines = [line.split() for line in shown.splitlines()]
    assert [
        "!",
        "sales/a.csv",
        "123",
        "kB",
        "1,000",
        "=",
        "990",
        "+",
        "10",
        "bad_value",
        "10",
    ] in lines
    assert ["ok", "sales/b.csv", "123", "kB", "500", "=", "500", "+", "0"] in lines
    assert ["together", "247", "kB", "1,500", "=", "1,490", "+", "10"] in lines


def test_of_many_files_those_with_something_to_tell_are_shown_and_the_rest_is_summed_up():
    clean = [samples.file_books(f"sales/{number:04}.csv", 10, 0) for number in range(500)]
    files = [*clean, samples.file_books("sales/dirty.csv", 9, 1)]

    shown = text(receipt_page(samples.receipt(*files)))

    assert len(shown.splitlines()) < 30
    assert "sales/dirty.csv" in shown
    assert "481 more files" in shown
    assert "5,010" in shown


def test_a_file_refused_whole_shows_its_cause():
    shown = text(receipt_page(samples.receipt(samples.refused_file_books())))

    assert "neither UTF-8 nor declared" in shown


def test_status_shows_each_need_of_a_person_with_the_command_for_it():
    shown = text(status_page(samples.status()))

    for command in (
        "headwater quarantine list sales",
        "headwater quarantine show sales",
        "headwater schema sales",
        "headwater work --until-idle",
        "headwater new FEED --from FILE",
    ):
        assert command in shown


def test_status_fits_one_screen():
    assert len(screen(status_page(samples.status()), width=80).splitlines()) <= 24


def test_a_story_tells_every_version_and_what_became_of_it():
    shown = text(stories_page([samples.story()]))

    assert shown.index("version 1") < shown.index("superseded by") < shown.index("version 2")
    assert "completed: its rows are in the table" in shown
    assert "read 1,000 = written 990 + quarantined 10" in shown


@pytest.mark.parametrize("page", every_page())
def test_plain_text_is_ascii_without_escape_codes(page):
    assert text(page).isascii()
    assert "\x1b" not in text(page)


@pytest.mark.parametrize("page", every_page())
def test_a_screen_says_the_same_words_as_plain_text(page):
    shown = screen(page, width=200)

    for word in text(page).split():
        if word[0].isalnum() and word not in {mark.ascii.strip() for mark in Mark}:
            assert word in shown


def test_cells_cannot_act_on_the_terminal():
    sheet = rows_sheet(["\x1b]0;name\x07"], ["varchar"], [("\x1b[2J",), ("two\nlines",)])

    shown = text((sheet,))

    assert "\x1b" not in shown
    assert "\\x1b[2J" in shown
    assert "two\\nlines" in shown


def test_markup_in_values_is_text():
    sheet = rows_sheet(["[red]name[/red]"], ["varchar"], [("[bold]x[/bold]",)])

    shown = screen((sheet,))

    assert "[red]name[/red]" in shown
    assert "[bold]x[/bold]" in shown


def test_numbers_stand_to_the_right_below_their_types():
    sheet = rows_sheet(["n", "word"], ["bigint", "varchar"], [(5, "a"), (12_345, None)])

    lines = text((sheet,)).splitlines()

    assert lines[0].split() == ["n", "word"]
    assert lines[1].split() == ["bigint", "varchar"]
    assert lines[3:] == ["     5  a", " 12345  null"]


def test_a_wide_sheet_shows_what_fits_and_names_what_does_not():
    names = [f"column_{number}" for number in range(40)]
    sheet = rows_sheet(names, ["varchar"] * 40, [["value"] * 40] * 2)

    shown, hidden = fit(sheet, 80)

    widest = max(len(line) for line in plain_lines((shown,)))
    assert widest <= 80
    assert [heading.name for heading in shown.headings[:-1]] + hidden == names


def test_one_wide_row_is_shown_upright():
    names = [f"column_{number}" for number in range(40)]
    sheet = rows_sheet(names, ["varchar"] * 40, [["value"] * 40])

    shown, hidden = fit(sheet, 80)

    assert hidden == []
    assert len(shown.rows) == 40


def test_where_there_is_no_limit_of_width_nothing_is_left_out():
    sheet = rows_sheet(["a" * 50, "b" * 50], ["varchar"] * 2, [["x", "y"]])

    assert fit(sheet, None) == (sheet, [])


def test_a_name_too_long_for_the_screen_gives_way_to_the_figures():
    name = "sales/" + "long-" * 30 + ".csv"

    shown = screen(receipt_page(samples.receipt(samples.file_books(name))), width=80)

    assert "1,000" in shown
    assert "990" in shown
    assert "quarantined" in shown


def test_what_is_too_long_for_a_screen_goes_on_below_its_own_place():
    words = "one two three four five six seven eight nine ten eleven twelve"

    rows = screen((line(" x 12:00  ", words, hang=10),), width=40).splitlines()

    assert len(rows) > 1
    assert all(row.startswith(" " * 10) for row in rows[1:])
    assert " ".join(" ".join(rows).split()[2:]) == words


def test_a_command_is_never_parted_so_that_it_can_be_copied():
    command = "headwater quarantine replay --file 9wqvw4f09wx8y"

    shown = screen((line(" x 12:00  ", Span(command, Tone.COMMAND), hang=10),), width=40)

    assert command in shown


def test_words_of_a_narrow_sheet_are_folded_and_none_is_left_out():
    reason = "type: 'x' in column 'order_id' is not a bigint, and that is all there is to say"
    wide = sheet(
        [Heading("line", right=True), Heading("reason"), Heading("raw")], [("3", reason, "x")]
    )

    shown = screen((wide,), width=40)

    assert set(reason.split()) <= set(shown.split())
    assert "…" not in shown


def test_flaws_of_the_same_kind_say_once_what_is_wrong():
    flaws = [
        Flaw(line_, None, f"row {line_}", "second_table", "begins on line 5") for line_ in (5, 6)
    ]

    told = text((_flaws(flaws),))

    assert told.count("begins on line 5") == 1
    assert ["6", "row", "6"] in [row.split() for row in told.splitlines()]
