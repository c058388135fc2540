"""Whether a call ends well is decided by the files that it was about."""

from dataclasses import replace

from headwater.cli.outcome import Outcome, _page
from headwater.errors import EXIT_DONE, EXIT_REFUSED
from headwater.model.ids import ArrivalId
from tests.cli import shown as samples


def receipt_of_two():
    """A batch with a good file, and somebody else's of which a row was refused."""
    mine = samples.file_books("sales/mine.csv", quarantined=0)
    theirs = replace(samples.file_books("sales/theirs.csv"), arrival=ArrivalId("c" * 13))
    return samples.receipt(mine, theirs), mine, theirs


def test_a_refused_row_in_another_file_of_the_batch_is_not_mine():
    receipt, mine, _ = receipt_of_two()

    outcome = Outcome([receipt], arrivals=[samples.arrival(id=mine.arrival)])

    assert outcome.code == EXIT_DONE


def test_a_refused_row_in_my_own_file_is():
    receipt, _, theirs = receipt_of_two()

    outcome = Outcome([receipt], arrivals=[samples.arrival(id=theirs.arrival)])

    assert outcome.code == EXIT_REFUSED


def test_where_no_file_was_asked_for_every_one_counts():
    receipt, _, _ = receipt_of_two()

    assert Outcome([receipt]).code == EXIT_REFUSED


def test_a_file_that_was_settled_before_is_not_passed_over_in_silence():
    landed, *_ = samples.landings()

    (told,) = _page(Outcome([], landings=[landed], arrivals=[landed.arrival]))

    assert "a.csv" in str(told)
