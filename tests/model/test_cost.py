"""What a batch takes on AWS, and what that costs."""

from decimal import Decimal

import pytest

from headwater.model.budget import Bound, Budget
from headwater.model.cost import AwsEngine, Cost, cost, engine_for, load, storage
from headwater.model.price import TARIFFS, Item, Money, Prices, amount

LIST = Prices()


def quantity(found, item):
    return sum(line.quantity for line in found.lines if line.item is item)


@pytest.mark.parametrize(
    ("item", "quantity", "nanos"),
    [
        (Item.S3_PUT, 1, 5_000),
        (Item.S3_GET, 1_000_000, 400_000_000),
        (Item.GLUE, 0.5, 220_000_000),
        (Item.SQS, 1, 400),
        (Item.LAMBDA_COMPUTE, 1, 16_667),  # rounded to the billionth
    ],
)
def test_a_price_counts_for_as_many_units_as_its_list_says(item, quantity, nanos):
    assert LIST.nanos(item, quantity) == nanos


def test_a_price_of_ones_own_takes_the_place_of_the_list():
    mine = Prices(of={Item.S3_PUT: Decimal("0.0054")})

    assert mine.nanos(Item.S3_PUT, 1_000) == 5_400_000
    assert mine.nanos(Item.S3_GET, 1_000) == LIST.nanos(Item.S3_GET, 1_000)


def test_every_item_has_its_tariff():
    assert set(TARIFFS) == set(Item)


@pytest.mark.parametrize(
    ("nanos", "shown"),
    [
        (0, "0.00"),
        (1, "0.000000001"),
        (299_109, "0.000299"),
        (12_300_000, "0.0123"),
        (999_000_000, "0.999"),
        (1_234_567_890_123, "1,234.57"),
    ],
)
def test_money_is_shown_to_the_digits_that_tell(nanos, shown):
    assert amount(nanos) == shown


def test_lambda_converts_what_is_below_the_threshold_and_glue_what_reaches_it():
    assert engine_for(99, 100) is AwsEngine.LAMBDA
    assert engine_for(100, 100) is AwsEngine.GLUE


def test_a_large_file_is_read_at_once_and_written_in_pieces():
    small, large = load([8 << 20], [8 << 20], 0), load([(8 << 20) + 1], [(8 << 20) + 1], 0)

    assert (small.puts_in, small.gets_in, small.puts_out) == (1, 2, 1)
    assert (large.puts_in, large.gets_in, large.puts_out) == (4, 2, 4)


def test_a_short_run_of_glue_is_billed_for_the_least_time():
    batch = load([1], [1], cpu_seconds=0)

    least = cost(batch, AwsEngine.GLUE, LIST)
    none = cost(batch, AwsEngine.GLUE, Prices(glue_least_seconds=0))

    assert quantity(least, Item.GLUE) == 2 * 60 / 3600
    assert quantity(none, Item.GLUE) == 2 * 30 / 3600


def test_the_whole_is_the_sum_of_its_lines():
    one = cost(load([1_000] * 3, [500], 0.5), AwsEngine.LAMBDA, LIST)
    other = cost(load([10**9], [10**8] * 3, 7.5), AwsEngine.GLUE, LIST)

    both = one + other

    assert both.nanos == one.nanos + other.nanos == sum(line.nanos for line in both.lines)
    assert quantity(both, Item.STEP_FUNCTIONS) == 12


def test_adding_nothing_changes_nothing():
    one = cost(load([1], [1], 0), AwsEngine.LAMBDA, LIST)

    assert one + Cost(currency="USD", region=LIST.region, date=LIST.date) == one


def test_what_is_kept_costs_by_the_gigabyte_and_month():
    assert storage(600_000_000, 400_000_000, LIST).nanos == 23_000_000


def usd(nanos):
    return Money(nanos, "USD")


def test_a_budget_may_be_reached_and_not_passed():
    run, month = Budget(per_run=usd(100)), Budget(per_month=usd(100))

    assert run.passed(100, 10**9) is None
    assert run.passed(101, 0) == (Bound.PER_RUN, usd(100))
    assert month.passed(40, 60) is None
    assert month.passed(41, 60) == (Bound.PER_MONTH, usd(100))
