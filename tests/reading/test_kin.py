"""A first row that is one of the rows below it is no header, and none is lost as one."""

import hashlib

import pytest

from headwater.model.feed import Format
from headwater.reading.delimited.kin import is_kin
from headwater.reading.recognise import recognise
from tests.reading.tables import read, refused, rows


@pytest.fixture
def see(tmp_path):
    """What a text is, its rows, and what is refused."""

    def see(lines):
        content = "".join(line + "\n" for line in lines).encode()
        path = tmp_path / "file"
        path.write_bytes(content)
        found = recognise(path, Format.AUTO)
        if found.dialect is None:
            return found, [], []
        pieces = read(content, found)
        return found, rows(pieces, found.dialect), [code for _, code in refused(pieces)]

    return see


def digest(word):
    return hashlib.sha1(word.encode(), usedforsecurity=False).hexdigest()


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("A017", ["A018", "A019", "A101"]),
        ("B011", ["E021", "F031", "S071"]),
        ("mill-2", ["mill-10", "mill-3", "mill-7"]),
        ("a@one.example", ["b@two.example", "c@one.example", "d@six.example"]),
        ("https://a.example/1", ["https://a.example/x", "http://b.example", "https://c.example"]),
        ("/srv", ["/srv/a", "/srv/b c", "/srv/c", "/srv/d", "/srv/e", "/srv/f"]),
        (digest("a"), [digest("b"), digest("c"), digest("d")]),
        ("on", ["on", "on", "on"]),
    ],
)
def test_a_cell_spelled_as_the_values_below_is_one_of_them(cell, values):
    assert is_kin(cell, values)


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("code", ["A018", "A019", "A101"]),
        ("col1", ["val1", "val2", "val3"]),
        ("Q1", ["12", "13", "14"]),
        ("name", ["Ann", "Bob", "Eve"]),
        ("pm250", ["12.5", "13.5", "11"]),
        ("http://terms.example/title", ["Tides", "Winds", "Sands"]),
        ("A017", ["A018", "A019"]),
        ("A017", ["", "", ""]),
    ],
)
def test_a_cell_that_names_what_is_below_is_none_of_it(cell, values):
    assert not is_kin(cell, values)


def test_the_first_of_a_list_of_codes_is_a_row(see):
    lines = [f"K{number:03},{word},," for number, word in enumerate(["oak", "elm", "ash", "fir"])]

    found, body, bad = see(lines)

    assert found.columns == ("column_1", "column_2", "column_3", "column_4")
    assert (body, bad) == ([line.split(",") for line in lines], [])


def test_a_word_that_stands_in_every_row_is_no_name(see):
    lines = [
        "disk on /disk (rw)",
        "swap on /swap (rw,sync)",
        "tmp on /tmp (ro)",
        "run on /run (rw)",
    ]

    found, body, bad = see(lines)

    assert found.columns[0] == "column_1"
    assert (body, bad) == ([line.split(" ") for line in lines], [])


def test_a_header_that_is_repeated_is_a_header_all_the_same(see):
    found, _, bad = see(["name,town", "Ann,Ulm", "name,town", "Bob,Bonn", "name,town"])

    assert found.columns == ("name", "town")
    assert bad == ["header_again", "header_again"]


def test_what_stands_above_numbers_is_a_header_whatever_else_it_is_spelled_as(see):
    lines = ["id,x,b7,day"] + [f"{n},x,b{n},2026-01-0{n}" for n in range(1, 7)] + ["8,,,"]

    found, body, bad = see(lines)

    assert found.columns == ("id", "x", "b7", "day")
    assert (len(body), bad) == (7, [])


@pytest.mark.parametrize("names", [["a", "b", "c", "d"], ["a", "long-name", "mid", "other/name"]])
def test_the_first_of_a_list_of_checksums_is_a_row(see, names):
    lines = [f"{digest(name)}  lib/{name}" for name in names]

    found, body, _ = see(lines)

    assert found.columns == ("column_1",)
    assert body == [[line] for line in lines]


@pytest.mark.parametrize(
    "lines",
    [
        ["0 info using seven of them", "1 info load file", "2 warn none there", "3 info done now"],
        ["/.", "/usr", "/usr/lib", "/usr/lib/one"],
        [" 3  4 /srv/a", " 31  2 /srv/b", "  0  1 /srv/c", " 7  8 /srv/d"],
    ],
)
def test_the_first_of_lines_that_begin_alike_is_a_row(see, lines):
    found, body, bad = see(lines)

    assert found.columns == ("column_1",)
    assert (body, bad) == ([[line] for line in lines], [])


def test_a_table_without_names_is_as_wide_as_most_of_its_rows_and_not_as_its_first(see):
    lines = [f"{digest(str(number))},2026-01-0{number},a word" for number in range(2, 9)]
    first = f"{digest('1')},2026-01-01,a word, and another"

    found, body, bad = see([first, *lines])

    assert found.columns == ("column_1", "column_2", "column_3")
    assert (body, bad) == ([line.split(",") for line in lines], ["ragged"])
