"""Prices and budgets of headwater.yaml."""

from decimal import Decimal

import pytest

from headwater.config.load import parse
from headwater.errors import ConfigError
from headwater.model.budget import Budget
from headwater.model.price import TARIFFS, Item, Money, Prices


def test_without_a_word_the_prices_are_the_list_with_its_region_and_date():
    assert parse("lake: .").prices == Prices()


def test_a_price_of_ones_own_stands_beside_those_of_the_list():
    prices = parse(
        "prices: {region: eu-central-1, date: 2026-11-01, currency: EUR, s3_put: 0.0054,"
        " glue_least: 0s, s3_get: 0.00000123}"
    ).prices

    assert (prices.region, prices.date, prices.currency) == ("eu-central-1", "2026-11-01", "EUR")
    assert prices.of == {Item.S3_PUT: Decimal("0.0054"), Item.S3_GET: Decimal("0.00000123")}
    assert prices.glue_least_seconds == 0


@pytest.mark.parametrize("item", Item)
def test_every_item_has_a_key(item):
    prices = parse(f"prices: {{{item}: 7.25}}").prices

    assert prices.nanos(item, TARIFFS[item].per) == 7_250_000_000


def test_a_budget_is_an_amount_a_run_and_a_month():
    (feed,) = parse("feeds: {sales: {budget: {per_run: 0.5 USD, per_month: 100 USD}}}").feeds

    assert feed.budget == Budget(Money(500_000_000, "USD"), Money(100_000_000_000, "USD"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prices: {s3_puts: 1}", "prices.s3_puts: no such key"),
        ("prices: {s3_put: cheap}", "prices.s3_put: 'cheap' is not a price"),
        ("prices: {s3_put: -1}", "prices.s3_put: -1 is not a price"),
        ("prices: {s3_put: true}", "prices.s3_put: True is not a price"),
        ("prices: {date: soon}", "prices.date: 'soon' is not a day"),
        ("prices: {currency: dollars}", "prices.currency: 'dollars' is not a currency"),
        ("feeds: {a: {budget: {per_run: 5}}}", "feeds.a.budget.per_run: '5' has no currency"),
        ("feeds: {a: {budget: {pre_run: 5 USD}}}", "feeds.a.budget.pre_run: no such key"),
        (
            "feeds: {a: {budget: {per_month: 5 EUR}}}",
            "feeds.a.budget.per_month: it is in EUR, and prices are in USD",
        ),
    ],
)
def test_a_mistake_is_told_of_where_it_is(text, said):
    with pytest.raises(ConfigError, match=r"headwater\.yaml:1: ") as refused:
        parse(text)

    assert said in refused.value.message
