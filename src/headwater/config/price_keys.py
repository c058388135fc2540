"""Every key of prices and budgets: its kind, default, meaning and an example."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from headwater.config import kinds
from headwater.config.keyed import Keys
from headwater.config.keyed import key as _key
from headwater.model.price import TARIFFS, Item, Prices

_NO_TIME = timedelta(0)


class BudgetKeys(Keys):
    """What a feed may cost at most, on AWS; a batch that would pass it waits for a person."""

    per_run: kinds.MoneyIfAny = _key(None, "The most that one batch may cost.", "5 USD")
    per_month: kinds.MoneyIfAny = _key(
        None, "The most that the batches of one month may cost, in UTC.", "100 USD"
    )


def _price(item: Item) -> Any:
    tariff = TARIFFS[item]
    per = f"{tariff.per:,} " if tariff.per > 1 else ""
    unit = tariff.unit if tariff.per > 1 else tariff.unit.removesuffix("s")
    price = f"{tariff.list_price:f}"
    return _key(float(price), f"{tariff.what}: {per}{unit}.", float(price))


class PriceKeys(Keys):
    """Prices by which costs are reckoned, where they are not the list's."""

    source: kinds.Words = _key(Prices().source, "Where the prices are from.", "our contract")
    region: kinds.Words = _key(Prices().region, "The region they are for.", "eu-central-1")
    date: kinds.Day = _key(Prices().date, "The day on which they were so.", "2026-11-01")
    currency: kinds.Currency = _key(Prices().currency, "Their currency.", "EUR")
    glue_least: Annotated[timedelta, kinds.duration(_NO_TIME)] = _key(
        "60s", "What one run of Glue is billed for at least.", "60s"
    )
    s3_put: kinds.Price = _price(Item.S3_PUT)
    s3_get: kinds.Price = _price(Item.S3_GET)
    s3_list: kinds.Price = _price(Item.S3_LIST)
    s3_standard: kinds.Price = _price(Item.S3_STANDARD)
    s3_standard_ia: kinds.Price = _price(Item.S3_STANDARD_IA)
    s3_glacier_instant: kinds.Price = _price(Item.S3_GLACIER_INSTANT)
    s3_glacier: kinds.Price = _price(Item.S3_GLACIER)
    s3_deep_archive: kinds.Price = _price(Item.S3_DEEP_ARCHIVE)
    sqs: kinds.Price = _price(Item.SQS)
    lambda_request: kinds.Price = _price(Item.LAMBDA_REQUEST)
    lambda_compute: kinds.Price = _price(Item.LAMBDA_COMPUTE)
    step_functions: kinds.Price = _price(Item.STEP_FUNCTIONS)
    glue: kinds.Price = _price(Item.GLUE)
    glue_catalog: kinds.Price = _price(Item.GLUE_CATALOG)
    athena: kinds.Price = _price(Item.ATHENA)
    dynamodb_write: kinds.Price = _price(Item.DYNAMODB_WRITE)
    dynamodb_read: kinds.Price = _price(Item.DYNAMODB_READ)
    cloudwatch_put: kinds.Price = _price(Item.CLOUDWATCH_PUT)
    s3_transition: kinds.Price = _price(Item.S3_TRANSITION)
    dynamodb_storage: kinds.Price = _price(Item.DYNAMODB_STORAGE)
    dynamodb_backup: kinds.Price = _price(Item.DYNAMODB_BACKUP)
    kms_key: kinds.Price = _price(Item.KMS_KEY)
    cloudwatch_alarm: kinds.Price = _price(Item.CLOUDWATCH_ALARM)
    cloudwatch_dashboard: kinds.Price = _price(Item.CLOUDWATCH_DASHBOARD)
    cloudtrail_event: kinds.Price = _price(Item.CLOUDTRAIL_EVENT)
