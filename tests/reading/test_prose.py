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
