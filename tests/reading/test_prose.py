"""Lines of text that are no table are read whole, and a table of one column stays one."""

import pytest

from headwater.model.feed import Format
from headwater.reading.recognise import Told, recognise
from tests.reading.tables import read, refused, rows


@pytest.fixture
def see(tmp_path):
    """What a text is, its rows, and what is refused."""

    def see(content, **told):
        path = tmp_path / "file"
        path.write_bytes(content)
        found = recognise(path, Format.AUTO, told=Told(**told))
        pieces = read(content, found)
        return found, rows(pieces, found.dialect), [code for _, code in refused(pieces)]

    return see


@pytest.mark.parametrize("quote", [None, ""])
def test_lines_of_text_are_read_whole_and_said_to_be_text(see, quote):
    lines = [
        "Log started: 2025-06-24  14:36:25",
        "Reading, in all, three packages",
        'say "apt autoremove" to remove them',
        "Unpacking libc over the one that is there, and the other ...",
        "Done",
        "0 added, 0 removed; done.",
        "nothing more",
        "to be continued one day or another",
    ]

    found, body, bad = see(("\n".join(lines) + "\n").encode(), quote=quote)

    assert found.columns == ("column_1",)
    assert found.notes[0] == "read as lines of text, in one column: no mark parts them alike"
    assert (body, bad) == ([[line] for line in lines], [])


def test_a_name_above_lines_of_text_is_their_column(see):
    found, body, bad = see(b"who\nSmith, John, Jr\nDoe, Jane, Dr\nAnn\n")

    assert found.columns == ("who",)
    assert (body, bad) == ([["Smith, John, Jr"], ["Doe, Jane, Dr"], ["Ann"]], [])


@pytest.mark.parametrize(
    "text",
    [
        b"n\n1\n2\n3,4\n5\n",
        b'note\n"one, two"\n"three four"\nfive, six seven\n',
        b"name\nAnn\nBob\nEve\nd0,more\n",
    ],
)
def test_a_table_of_one_column_refuses_what_has_more(see, text):
    found, _, bad = see(text)

    assert bad == ["ragged"]
    assert found.notes == ()


@pytest.mark.parametrize("mark", ["//", "#"])
def test_a_list_of_words_whose_remarks_have_commas_is_read_as_lines(see, mark):
    remarks = [f"{mark} Names, one a line,", f'{mark} of "places", and', f"{mark} others"]
    words = [f"{a}{b}.example" for a in "abcdefgh" for b in "klmnop"]
    lines = [*remarks, *words[:20], f"{mark} more, and more, of them", *words[20:]]

    found, body, bad = see(("\n".join(lines) + "\n").encode())

    assert found.notes[0] == "read as lines of text, in one column: no mark parts them alike"
    assert (body, bad) == ([[line] for line in lines], [])


def test_a_short_list_with_a_remark_is_no_table_of_what_the_remark_has(see):
    lines = ["# fruit, by name", "apple", "pear", "# more, here", "plum", "fig"]

    found, body, bad = see(("\n".join(lines) + "\n").encode())

    assert len(found.columns) == 1
    assert (body, bad) == ([[line] for line in lines], [])


def test_a_word_too_many_in_a_list_is_refused_where_it_is_no_remark(see):
    words = "".join(f"{a}{b}\n" for a in "abcd" for b in "klm")
    found, _, bad = see(f"# fruit, by name\n{words}fig,fig\n".encode())

    assert bad == ["ragged"]
    assert not any("lines of text" in note for note in found.notes)


def _lines_of(see, lines):
    found, body, bad = see(("\n".join(lines) + "\n").encode())
    assert found.notes[0] == "read as lines of text, in one column: no mark parts them alike"
    assert (body, bad) == ([[line] for line in lines], [])


def test_a_comma_in_the_first_of_many_lines_makes_no_table(see):
    lines = [f"{number:04x}ab Mend what was found in room {number}" for number in range(30)]
    lines[0] += ", whoever was first"
    lines[9] += ", and say so"

    _lines_of(see, lines)


def test_sentences_with_commas_in_some_lines_are_no_table(see):
    lines = [
        "The rules of this house, as they are read aloud",
        "",
        "Whoever comes in, whatever he carries, closes the door",
        "Nobody leaves before noon",
        "Bread is shared out, one loaf for two",
        "by those who have baked it",
        "and not by the cook, who has others to do it, and",
        "who is asleep",
        "at that hour of the day",
    ]

    found, body, bad = see(("\n".join(lines) + "\n").encode())

    assert found.columns == ("column_1",)
    assert (body, bad) == ([[line] for line in lines if line], [])


def test_lines_with_quotes_behind_words_are_not_refused_for_the_first_of_them(see):
    _lines_of(see, ['å "one";"two"', "and a line of words", "and another of them"])


def test_a_mark_that_ends_all_lines_parts_none(see):
    lines = [f"ALTER TABLE t{number} ADD PRIMARY KEY USING INDEX;" for number in range(9)]

    _lines_of(see, lines)


def test_short_rows_under_names_are_refused_and_make_no_prose(see):
    found, body, bad = see(b"name,town\nAnn of the hill\nBob the long\nEve,Ulm\nDan of old\n")

    assert found.columns == ("name", "town")
    assert (body, bad) == ([["Eve", "Ulm"]], ["ragged", "ragged", "ragged"])


@pytest.mark.parametrize(
    "lines",
    [
        ["[main]", "name = x, y", "port = 80", "", "[other]", "a = one"],
        ['[Event "Match, first"]', '[Site "Ulm"]', "", "1. e4 e5 2. d4 d5"],
        ["[    0.000000] Linux is up", "[    0.000000] Command line: a, b", "[    1.2] all done"],
        ["[Wed Oct 11 14:32:52 2026] [error] [client] denied", "[Wed Oct 11] [notice] up, again"],
    ],
)
def test_lines_that_begin_with_a_bracket_are_no_json(see, lines):
    found, body, bad = see(("\n".join(lines) + "\n").encode())

    assert found.columns == ("column_1",)
    assert (body, bad) == ([[line] for line in lines if line], [])
