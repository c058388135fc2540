"""A difference that is there is seen."""

from copy import deepcopy
from decimal import Decimal

import pytest

from tests.differential.delimited import Spelling, case_of
from tests.differential.json_texts import Number
from tests.differential.kinds import by_rooms, differing, flaws
from tests.differential.reading import read_records
from tests.differential.typed import same
from tests.differential.verdict import flaw_of, silent


@pytest.fixture
def read(tmp_path):
    """A text with damaged rows, and what came of it."""
    seeds = (f"verdict {number}" for number in range(100))
    case = next(
        case for case in (case_of(seed, spelling=Spelling()) for seed in seeds) if case.damage
    )
    path = tmp_path / "text"
    path.write_bytes(case.content)
    return case, read_records(path, case.settings)


def test_what_is_right_has_no_flaw(read):
    assert flaw_of(*read) is None


def _drops_a_row(outcome):
    outcome.rows.pop()


def _doubles_a_row(outcome):
    outcome.rows.append(outcome.rows[-1])


def _swaps_rows(outcome):
    outcome.rows[0], outcome.rows[-1] = outcome.rows[-1], outcome.rows[0]


def _alters_a_cell(outcome):
    outcome.rows[-1] = (*outcome.rows[-1][:-1], "other")


def _renames_a_column(outcome):
    outcome.names = ("other", *outcome.names[1:])


def _forgets_a_refusal(outcome):
    outcome.refused.pop()


def _refuses_a_sound_row(outcome):
    outcome.refused.append((9999, "ragged"))


def _tells_another_line(outcome):
    line, code = outcome.refused[-1]
    outcome.refused[-1] = (line + 1, code)


def _tells_another_reason(outcome):
    outcome.refused[-1] = (outcome.refused[-1][0], "binary")


def _refuses_it_whole(outcome):
    outcome.unreadable = "binary"


@pytest.mark.parametrize(
    "broken",
    [
        _drops_a_row,
        _doubles_a_row,
        _swaps_rows,
        _alters_a_cell,
        _renames_a_column,
        _forgets_a_refusal,
        _refuses_a_sound_row,
        _tells_another_line,
        _tells_another_reason,
        _refuses_it_whole,
    ],
    ids=lambda broken: broken.__name__.strip("_"),
)
def test_a_broken_reader_is_seen(read, broken):
    case, outcome = deepcopy(read)

    broken(outcome)

    assert flaw_of(case, outcome) is not None


def test_other_values_without_a_word_are_silent_and_with_one_are_not(tmp_path):
    case, outcome = by_rooms("found", "found 0", tmp_path / "text")
    case.damage.clear()
    outcome.refused.clear()
    outcome.rows.pop()

    assert silent(case, outcome)
    assert flaws("found", [(case, outcome)])
    assert differing([(case, outcome)]) == 1
    outcome.refused.append((1, "ragged"))
    assert not silent(case, outcome)


def test_numbers_are_compared_to_the_last_digit():
    assert Number("0.10") == Decimal("0.1")
    assert Number("1e3") == 1000
    assert Number("9007199254740993") != 9007199254740992
    assert Number("0.1") != 0.1
    assert Number("1") != True  # noqa: E712 - that they are equal in Python is what is tested


def test_a_value_that_lost_something_is_not_the_same():
    assert same(Decimal("1.50"), "1.50", "decimal")
    assert not same(Decimal("1.51"), "1.50", "decimal")
    assert not same(1.5, "1.50", "decimal")
    assert not same(7, "00007", "zip")
    assert not same(None, "1", "int")
    assert not same(1, "true", "boolean")
