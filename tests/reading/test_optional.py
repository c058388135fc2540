"""Where many rows leave out the last columns, the table is as wide as the others are."""

import pytest

from headwater.model.feed import Format
from headwater.reading.delimited.repair import Repairs
from headwater.reading.recognise import Told, recognise
from headwater.reading.records import records

PLACES = [
    f"{name}\t+{4000 + place}+00{100 + place}\tEurope/{name}town"
    + ("\tsome more" * (place % 9 % 2))
    for place, name in enumerate(f"{a}{b}" for a in "ABCDEFG" for b in "KLMNOP")
]
REMARKS = ["# Places", "#", "# tab stands between columns, which are:", "# code, place, zone"]


@pytest.fixture
def see(tmp_path):
    """What a text is, how many rows are taken as they are, and how many if they are filled up."""

    def see(lines, **told):
        path = tmp_path / "file"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        found = recognise(path, Format.AUTO, told=Told(**told))
        counts = [
            sum(piece.count for piece in records(path, found, repairs=repairs))
            for repairs in (Repairs(), Repairs(pad=True))
        ]
        return found, *counts

    return see


def test_rows_that_leave_out_the_last_column_can_be_filled_up(see):
    long = sum(line.count("\t") == 3 for line in PLACES)

    found, taken, filled = see(REMARKS + PLACES)

    assert len(found.columns) == 4
    assert long * 2 < len(PLACES)
    assert (taken, filled) == (long, len(PLACES))
    assert found.reasons[0] == (
        f"tab gives 4 fields in {long} of {len(PLACES)} records, "
        f"and 3 in {len(PLACES) - long} that leave out the last column"
    )


def test_the_same_holds_where_most_rows_have_the_last_column(see):
    rows = [
        line if line.count("\t") == 3 or n % 2 else line + "\tx" for n, line in enumerate(PLACES)
    ]
    long = sum(line.count("\t") == 3 for line in rows)

    found, taken, filled = see(rows[1:] if rows[0].count("\t") == 3 else rows)

    assert long * 2 > len(rows)
    assert (len(found.columns), filled - taken) == (4, len(rows) - long)
    assert found.reasons[0].endswith("that leave out the last column")


@pytest.mark.parametrize("header", ["code\tplace\tzone\tmore", "#code\tplace\tzone\tmore"])
def test_a_header_of_the_longer_rows_names_the_columns(see, header):
    found, _, filled = see([*REMARKS, header, *PLACES])

    assert found.originals == tuple(header.split("\t"))
    assert filled == len(PLACES)


def test_two_columns_may_be_left_out(see):
    rows = [line.replace("\tsome more", "\tsome\tmore") for line in PLACES]

    found, _, filled = see(rows)

    assert (len(found.columns), filled) == (5, len(rows))
    assert found.reasons[0].endswith("that leave out the last columns")


def test_commas_part_optional_columns_too(see):
    rows = [line.replace("\t", ",") for line in PLACES]

    found, _, filled = see(rows)

    assert (len(found.columns), filled) == (4, len(rows))


def numbers(extra, *, every, count=61):
    return [f"{n},{n * 7 % 13}.5" + (extra if n % every == 1 else "") for n in range(count)]


@pytest.mark.parametrize(
    "lines",
    [
        ["id,amount", *numbers(",x", every=2)],  # the header says what is too much
        numbers(",x", every=4),  # damage, if often
        numbers(",50", every=2),  # a comma in a number
        [f"{n},one" + (", two" if n % 2 else "") for n in range(60)],  # and in a sentence
        [f"{n},1" + (",2" if n >= 31 else "") for n in range(60)],  # another table behind
        [f"{n}" + (",x" if n % 2 else "") for n in range(61)],  # lines of one column
        [f"x,{n},y" if n % 2 else f"{n},{n}.5" for n in range(61)],  # other kinds of values
        [("one,two,three" if n % 2 else "one,two") for n in range(61)],  # words tell nothing
    ],
)
def test_other_rows_that_are_longer_are_refused_as_before(see, lines):
    widths = [line.count(",") + 1 for line in lines]
    usual = max(set(widths), key=widths.count)

    found, _, filled = see(lines, delimiter=",")

    assert len(found.columns) == usual
    assert filled < len(lines)


def test_few_longer_rows_say_nothing(see):
    found, taken, _ = see(["1,1", "2,2,x", "3,3", "4,4,y", "5,5"])

    assert (len(found.columns), taken) == (2, 3)


def test_a_header_that_is_told_is_as_wide_as_the_table(see):
    found, taken, _ = see(PLACES, header_rows=1)

    assert len(found.columns) == 3
    assert taken == sum(line.count("\t") == 2 for line in PLACES) - 1
