"""A batch that would pass its feed's budget waits for a person."""

from dataclasses import replace

import pytest

from headwater.errors import UnknownFeed
from headwater.flow.hold import held, spent_this_month
from headwater.model.arrival import ArrivalState
from headwater.model.budget import Bound, Budget
from headwater.model.manifest import ManifestState
from headwater.model.price import Money
from headwater.ports.ledger import Work
from tests.flow import lakes, modelled

TINY = "    budget: {per_run: 0.000000001 USD}\n"


def usd(nanos):
    return Money(nanos, "USD")


def with_budget(lake, **limits):
    """The same lake, its only feed with this budget."""
    (feed,) = lake._world.feeds
    feed = replace(feed, budget=Budget(**limits))
    lake._world = replace(lake._world, feeds=(feed,))
    return lake


def price_of(lake, file):
    """What a batch of that file alone is reckoned to cost when it is landed."""
    lake.land("sales", file)
    lakes.flush(lake)
    (waiting,) = held(with_budget(lake, per_run=usd(0))._world)
    return waiting.cost.nanos


def test_a_batch_that_costs_as_much_as_the_budget_is_begun(lake, incoming):
    nanos = price_of(lake, incoming("a.csv", lakes.csv_of("a")))

    done = with_budget(lake, per_run=usd(nanos)).work()

    assert done.held == []
    assert lakes.ids_of(lake) == ["a"]


def test_a_batch_that_costs_a_billionth_more_is_not_begun(lake, incoming):
    nanos = price_of(lake, incoming("a.csv", lakes.csv_of("a")))

    done = with_budget(lake, per_run=usd(nanos - 1)).work()

    (waiting,) = done.held
    assert (waiting.cost, waiting.limit, waiting.bound) == (
        usd(nanos),
        usd(nanos - 1),
        Bound.PER_RUN,
    )
    (manifest,) = lake._world.ledger.manifests()
    assert (manifest.state, manifest.attempt) == (ManifestState.OPEN, 0)
    assert [each.state for each in lakes.arrivals_of(lake)] == [ArrivalState.PROCESSING]


@pytest.mark.parametrize(("spare", "begun"), [(0, True), (-1, False)])
def test_a_month_may_be_spent_to_its_end(lake, incoming, spare, begun):
    (receipt,) = lake.ingest("sales", incoming("a.csv", lakes.csv_of("a"))).receipts
    nanos = price_of(lake, incoming("b.csv", lakes.csv_of("b")))

    done = with_budget(lake, per_month=usd(receipt.cost.nanos + nanos + spare)).work()

    assert (done.held == []) is begun
    if not begun:
        assert done.held[0].spent == usd(receipt.cost.nanos)


def test_what_waits_in_front_is_reckoned_with_before_what_waits_behind(lake, incoming):
    nanos = price_of(lake, incoming("a.csv", lakes.csv_of("a")))
    lake.land("sales", incoming("b.csv", lakes.csv_of("b")))
    (second,) = lakes.flush(lake)

    waiting = held(with_budget(lake, per_month=usd(2 * nanos - 1))._world)

    assert [(each.manifest, each.spent) for each in waiting] == [(second.id, usd(nanos))]


def test_the_next_month_is_another(folder, clock, incoming):
    with lakes.make(folder, clock=clock) as lake:
        (receipt,) = lake.ingest("sales", incoming("a.csv", lakes.csv_of("a"))).receipts
        lake.land("sales", incoming("b.csv", lakes.csv_of("b")))
        with_budget(lake, per_month=usd(receipt.cost.nanos * 3 // 2))
        assert lake.work().held

        clock.advance(days=31)

        assert lake.work().held == []
        assert lakes.ids_of(lake) == ["a", "b"]


def test_a_batch_that_waits_goes_on_when_a_person_says_so(folder, incoming):
    with lakes.make(folder, lakes.SALES + TINY) as lake:
        ingested = lake.ingest("sales", incoming("a.csv", lakes.csv_of("a")))
        assert (ingested.receipts, len(ingested.held)) == ((), 1)

        done = lake.work(over_budget=["sales"])

        assert (len(done.receipts), done.held) == (1, [])
        assert lakes.ids_of(lake) == ["a"]


def test_a_batch_that_waits_goes_on_once_the_budget_is_raised(folder, incoming):
    with lakes.make(folder, lakes.SALES + TINY) as lake:
        lake.ingest("sales", incoming("a.csv", lakes.csv_of("a")))

    with lakes.make(folder, lakes.SALES + "    budget: {per_run: 5 USD}\n") as lake:
        lake.work()

        assert lakes.ids_of(lake) == ["a"]


def test_neighbours_of_a_feed_over_its_budget_go_on(folder, incoming):
    feeds = lakes.SALES + TINY + lakes.SALES.replace("sales", "other")
    with lakes.make(folder, feeds) as lake:
        lake.land("sales", incoming("a.csv", lakes.csv_of("a")))
        lake.land("other", incoming("b.csv", lakes.csv_of("b")))

        done = lake.work()

        assert [each.feed for each in done.receipts] == ["other"]
        assert [each.feed for each in done.held] == ["sales"]


def test_a_batch_that_was_begun_is_ended_whatever_the_budget_says(lake, incoming):
    lake.land("sales", incoming("a.csv", lakes.csv_of("a")))
    lakes.flush(lake)
    claimed = lakes.claim(lake)
    lake._world.ledger.release(claimed, "interrupted", lake._world.clock())

    done = with_budget(lake, per_run=usd(1)).work()

    assert (len(done.receipts), done.held) == (1, [])


def test_a_new_version_of_a_file_that_waits_ends_the_errand_too(folder, incoming):
    with lakes.make(folder, lakes.SALES + TINY) as lake:
        lake.ingest("sales", incoming("a.csv", lakes.csv_of("a")))

        again = lake.ingest("sales", incoming("a.csv", lakes.csv_of("a", "b")))

        assert len(again.held) == 1
        assert lake.work().receipts == []


def test_status_shows_what_waits_and_what_the_month_has_cost(lake, incoming):
    (receipt,) = lake.ingest("sales", incoming("a.csv", lakes.csv_of("a"))).receipts
    lake.land("sales", incoming("b.csv", lakes.csv_of("b")))
    with_budget(lake, per_run=usd(1)).work()

    status = lake.status()

    assert [(each.feed, each.files, each.limit) for each in status.held] == [("sales", 1, usd(1))]
    assert [(each.batches, each.nanos) for each in status.spending] == [(1, receipt.cost.nanos)]


def test_compactions_are_in_the_books_and_count_towards_the_month(lake, incoming):
    for name in ("a", "b"):
        lake.ingest("sales", incoming(f"{name}.csv", lakes.csv_of(name)))
    (batches,) = lake.costs()
    lake.compact()

    _, joined = lake.costs()

    assert (joined.work, joined.batches) == (Work.COMPACTIONS, 1)
    assert joined.nanos > 0
    assert joined.cpu_seconds > 0
    assert joined.bytes_in == batches.bytes_out
    spent = spent_this_month(lake._world, lake._world.feeds[0])
    assert spent == batches.nanos + joined.nanos
    before = lake.costs()
    lake.rebuild()
    assert lake.costs() == before


def test_builds_of_models_are_in_the_books_on_lines_of_their_own(folder, incoming):
    models = "  ids: {sql: select id from sales}\n"
    with modelled.make(folder, models, lakes.SALES) as lake:
        lake.ingest("sales", incoming("a.csv", lakes.csv_of("a")))
        *_, built = lake.work().receipts

        (line,) = lake.costs(feed="ids")

        assert (line.work, line.batches, line.files) == (Work.BUILDS, 1, 0)
        assert (line.nanos, line.bytes_out) == (built.cost.nanos, built.size_bytes_out)
        assert line.bytes_in == built.build.inputs[0].size_bytes > 0
        assert line.cpu_seconds == built.cpu_seconds > 0
        assert [each.work for each in lake.costs()] == [Work.BUILDS, Work.BATCHES]


def test_a_feed_that_is_not_there_cannot_pass_its_budget(lake):
    with pytest.raises(UnknownFeed):
        lake.work(over_budget=["sale"])


def test_a_rebuilt_ledger_has_spent_the_same(lake, incoming):
    lake.ingest("sales", incoming("a.csv", lakes.csv_of("a")))
    before = lake.costs()

    lake.rebuild()

    assert lake.costs() == before
