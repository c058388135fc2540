"""Column names are made fit for every engine, and never silently one of another."""

import unicodedata

import pytest

from headwater.reading.names import clean_names
from headwater.reading.unreadable import Unreadable


@pytest.mark.parametrize(
    ("original", "name"),
    [
        ("plain", "plain"),
        (" Order Date ", "Order_Date"),
        ("a.b", "a_b"),
        ('say "hi"', "say__hi_"),
        ("two\nlines", "two_lines"),
        ("f(x)=y;z{},", "f_x__y_z___"),
        ("emoji 🎉", "emoji_🎉"),
        (unicodedata.normalize("NFD", "é"), "é"),
    ],
)
def test_unfit_characters_become_underscores(original, name):
    assert clean_names([original])[0] == (name,)


def test_changes_are_told_and_long_lists_are_cut():
    _, notes = clean_names([f"a {n}" for n in range(20)])

    assert len(notes) == 1
    assert notes[0].endswith("and 15 more")


@pytest.mark.parametrize(
    "originals",
    [["a", "A"], ["a b", "a_b"], ["é", unicodedata.normalize("NFD", "é")], ["a", " "], ["x" * 256]],
)
def test_names_that_collide_or_are_none_are_refused(originals):
    with pytest.raises(Unreadable, match="columns"):
        clean_names(originals)


@pytest.mark.parametrize("name", ["_arrival", "_ROW", "_load", "_rescued", "__index_level_0__"])
def test_reserved_names_are_refused(name):
    with pytest.raises(Unreadable, match="reserved"):
        clean_names([name])
