"""Amounts in words have the grammar that their numbers ask for."""

import pytest

from headwater.model.amount import counted, mismatch


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1000, "1,000 rows")]
)
def test_one_is_singular_and_all_else_plural(number, said):
    assert counted(number, "row") == said


def test_a_noun_may_have_a_plural_of_its_own():
    assert [counted(n, "entry", "entries") for n in (1, 2)] == ["1 entry", "2 entries"]


@pytest.mark.parametrize(
    ("expected", "found", "said"),
    [
        (1, 2, "1 field is expected and 2 were found"),
        (3, 1, "3 fields are expected and 1 was found"),
    ],
)
def test_a_mismatch_has_its_verbs_right(expected, found, said):
    assert mismatch(expected, found, "field") == said
