"""Pure decisions: retry or give up, too many refusals, do the books balance."""

from datetime import UTC, datetime, timedelta

import pytest

from headwater.errors import Unbalanced
from headwater.model.arrival import ArrivalState
from headwater.model.feed import Feed, Retries, Tolerance
from headwater.model.ids import (
    ArrivalId,
    Digest,
    FeedName,
    Key,
    ManifestId,
    TableName,
    arrival_id,
    manifest_id,
)
from headwater.model.receipt import Books, FileBooks, Receipt, require_balance
from headwater.model.retry import GiveUp, RetryAt, after_failure

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RETRIES = Retries(attempts=4, first_delay=timedelta(seconds=1), longest_delay=timedelta(seconds=3))


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 1), (2, 2), (3, 3)])
def test_the_wait_doubles_up_to_the_longest(attempt, seconds):
    follows = after_failure(attempt, RETRIES, NOW, retryable=True, jitter=0)

    assert follows == RetryAt(NOW + timedelta(seconds=seconds))


def test_the_last_attempt_is_followed_by_none():
    assert after_failure(4, RETRIES, NOW, retryable=True) == GiveUp()


def test_what_trying_again_cannot_mend_is_given_up_at_once():
    assert after_failure(1, RETRIES, NOW, retryable=False) == GiveUp()


def test_jitter_never_makes_a_wait_longer_or_shorter_than_half():
    for _ in range(200):
        follows = after_failure(2, RETRIES, NOW, retryable=True)
        assert isinstance(follows, RetryAt)
        assert timedelta(seconds=1) <= follows.time - NOW <= timedelta(seconds=2)


@pytest.mark.parametrize(
    ("tolerance", "refused", "too_many"),
    [
        (Tolerance(), 1000, False),
        (Tolerance(rows=0), 1, True),
        (Tolerance(rows=2), 2, False),
        (Tolerance(share=0.01), 10, False),
        (Tolerance(share=0.01), 11, True),
    ],
)
def test_a_limit_of_refused_rows_holds_to_the_row(tolerance, refused, too_many):
    assert tolerance.exceeded(refused=refused, counted=1000) is too_many


def test_an_arrival_has_the_same_id_on_every_machine():
    made = arrival_id(FeedName("sales"), Key("sales/a.csv"), Digest("00ff"), 2)

    assert made == "844f2m9ge9ajm"


def test_an_id_tells_feed_key_version_and_generation_apart():
    ids = {
        arrival_id(FeedName(feed), Key(key), Digest(version), generation)
        for feed in ("a", "ab")
        for key in ("b", "c")
        for version in ("0", "1")
        for generation in (1, 2)
    }

    assert len(ids) == 16


def test_manifest_ids_sort_by_the_second_they_were_made_in():
    earlier, later = manifest_id(1_700_000_000), manifest_id(1_700_000_001)

    assert earlier < later
    assert len(earlier) == len(later) == 16


@pytest.mark.parametrize(
    ("match", "prefix"),
    [
        ("sales/**", "sales/"),
        ("in/*/sales-*.csv", "in/"),
        ("**", ""),
        ("*.csv", ""),
        ("a/b/orders.csv", "a/b/"),
    ],
)
def test_files_land_in_the_folders_before_the_first_wild_card(match, prefix):
    assert Feed(FeedName("f"), (match,), TableName("f")).prefix == prefix


def _receipt(books: Books) -> Receipt:
    file = FileBooks(ArrivalId("a"), Key("sales/a.csv"), 10, ArrivalState.COMPLETED, books)
    return Receipt(ManifestId("m"), FeedName("f"), TableName("t"), 1, (file,), 1, 10, "e", NOW, NOW)


def test_books_that_balance_pass():
    require_balance(_receipt(Books(10, 6, 2, 1, 1)))


@pytest.mark.parametrize("written", [5, 7])
def test_a_row_too_few_or_too_many_is_refused_and_named(written):
    with pytest.raises(Unbalanced, match=r"sales/a\.csv: 10 records counted"):
        require_balance(_receipt(Books(10, written, 2, 1, 1)))
