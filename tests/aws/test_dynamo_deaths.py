"""Whoever dies before whatever write leaves nothing that the next does not finish."""

from __future__ import annotations

import itertools

import pytest

from headwater.adapters.aws.ledger import DynamoLedger
from headwater.model.arrival import ArrivalState
from headwater.model.manifest import ManifestState
from tests.aws.faulty import WRITES
from tests.aws.sweep import Sweep
from tests.contracts.ledger_races import work_until_done
from tests.contracts.work import DAY, NOW, SALES, arrive, claim, finish, sighting, sightings

FILES = 6
SOME = 6  # deaths in a run


class Died(BaseException):
    """The process ended here."""


def mortal(client, lives):
    """Let the client's process end before a write, once it has made so many."""
    count = itertools.count(1)

    def strike(**_):
        if next(count) > lives:
            raise Died

    on_writes(client, strike)
    return client


def on_writes(client, happens):
    for name in WRITES:
        client.meta.events.register(f"before-call.dynamodb.{name}", happens)


@pytest.fixture(name="opened")
def _opened(steady, step_items):
    def opened(table, lives=10_000):
        client = mortal(steady.client("dynamodb"), lives)
        return DynamoLedger(client, table, step_items=step_items)

    return opened


def live(ledger):
    """Two versions of files, all the way, and the first read again as one manifest."""
    first = arrive(ledger, *sightings(FILES))
    work_until_done(ledger, NOW)
    arrive(ledger, *sightings(FILES, version="v2"))
    work_until_done(ledger, NOW)
    newest = ledger.newest("sales", [each.key for each in first])
    ledger.replay([each.id for each in newest.values()], NOW, together=SALES)
    work_until_done(ledger, NOW)


@pytest.mark.slow
def test_a_death_before_any_write_is_finished_by_the_next(opened, new_table):
    sweep = Sweep(SOME)
    for number in sweep.numbers(writes_of(opened(new_table()))):
        table = new_table()
        with pytest.raises(Died):
            live(opened(table, number - 1))

        successor = opened(table)
        assert_nothing_half_done(successor)
        arrive(successor, *sightings(FILES, version="v3"))
        work_until_done(successor, NOW + DAY)

        newest = successor.newest("sales", [each.key for each in sightings(FILES)])
        assert {each.version for each in newest.values()} == {"v3"}, sweep.at(number)
        assert {each.state for each in newest.values()} == {ArrivalState.COMPLETED}
        settled = {ArrivalState.COMPLETED, ArrivalState.SUPERSEDED}
        assert {each.state for each in successor.arrivals()} <= settled
        assert len(successor.visible("sales", newest)) == FILES
        assert {each.state for each in successor.manifests()} == {ManifestState.COMMITTED}


def writes_of(ledger):
    """How many writes a whole life has."""
    made = []
    on_writes(ledger._table._client, lambda **_: made.append(1))
    live(ledger)
    return len(made)


def assert_nothing_half_done(ledger):
    for manifest in ledger.manifests():
        states = {each.state for each in ledger.members(manifest.id)}
        ended = manifest.state is ManifestState.COMMITTED
        assert (ArrivalState.PROCESSING in states) != ended, manifest
        assert ArrivalState.PENDING not in states


def test_an_arrival_that_a_rewrite_supersedes_is_in_no_manifest_that_looked_before(
    opened, new_table
):
    table = new_table()
    ledger, other = opened(table), opened(table)
    [old, _] = arrive(ledger, sighting(), sighting("b.csv"))

    def rewrite(**_):
        if other.newest("sales", ["a.csv"])["a.csv"].version != "v2":
            arrive(other, sighting(version="v2"))

    ledger._table._client.meta.events.register("before-call.dynamodb.TransactWriteItems", rewrite)
    manifest = ledger.batch(SALES, NOW, flush=True)
    finish(ledger, claim(ledger))

    assert old.id not in manifest.arrivals
    assert ledger.arrival(old.id).state is ArrivalState.SUPERSEDED
