"""What AWS bills for, and for how much: a table of list prices with its region and date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

NANOS = 1_000_000_000
"""Money is counted in billionths, since one request costs less than a millionth."""


class Item(StrEnum):
    """What is billed by itself."""

    S3_PUT = "s3_put"
    S3_GET = "s3_get"
    S3_LIST = "s3_list"
    S3_STANDARD = "s3_standard"
    S3_STANDARD_IA = "s3_standard_ia"
    S3_GLACIER_INSTANT = "s3_glacier_instant"
    S3_GLACIER = "s3_glacier"
    S3_DEEP_ARCHIVE = "s3_deep_archive"
    SQS = "sqs"
    LAMBDA_REQUEST = "lambda_request"
    LAMBDA_COMPUTE = "lambda_compute"
    STEP_FUNCTIONS = "step_functions"
    GLUE = "glue"
    GLUE_CATALOG = "glue_catalog"
    ATHENA = "athena"
    DYNAMODB_WRITE = "dynamodb_write"
    DYNAMODB_READ = "dynamodb_read"
    CLOUDWATCH_PUT = "cloudwatch_put"
    S3_TRANSITION = "s3_transition"
    DYNAMODB_STORAGE = "dynamodb_storage"
    DYNAMODB_BACKUP = "dynamodb_backup"
    KMS_KEY = "kms_key"
    CLOUDWATCH_ALARM = "cloudwatch_alarm"
    CLOUDWATCH_DASHBOARD = "cloudwatch_dashboard"
    CLOUDTRAIL_EVENT = "cloudtrail_event"


@dataclass(frozen=True, slots=True)
class Tariff:
    """How an item is counted, and its list price."""

    what: str
    unit: str
    per: int  # so many units for the price
    list_price: Decimal


TARIFFS: Mapping[Item, Tariff] = {
    Item.S3_PUT: Tariff("S3 PUT, COPY, POST", "requests", 1_000, Decimal("0.005")),
    Item.S3_GET: Tariff("S3 GET, HEAD", "requests", 1_000, Decimal("0.0004")),
    Item.S3_LIST: Tariff("S3 LIST", "requests", 1_000, Decimal("0.005")),
    Item.S3_STANDARD: Tariff("S3 Standard", "GB-months", 1, Decimal("0.023")),
    Item.S3_STANDARD_IA: Tariff("S3 Standard-IA", "GB-months", 1, Decimal("0.0125")),
    Item.S3_GLACIER_INSTANT: Tariff(
        "S3 Glacier Instant Retrieval", "GB-months", 1, Decimal("0.004")
    ),
    Item.S3_GLACIER: Tariff("S3 Glacier Flexible Retrieval", "GB-months", 1, Decimal("0.0036")),
    Item.S3_DEEP_ARCHIVE: Tariff("S3 Glacier Deep Archive", "GB-months", 1, Decimal("0.00099")),
    Item.SQS: Tariff("SQS", "requests", 1_000_000, Decimal("0.40")),
    Item.LAMBDA_REQUEST: Tariff("Lambda", "requests", 1_000_000, Decimal("0.20")),
    Item.LAMBDA_COMPUTE: Tariff("Lambda", "GB-seconds", 1_000_000, Decimal("16.6667")),
    Item.STEP_FUNCTIONS: Tariff("Step Functions", "transitions", 1_000, Decimal("0.025")),
    Item.GLUE: Tariff("Glue", "DPU-hours", 1, Decimal("0.44")),
    Item.GLUE_CATALOG: Tariff("Glue Data Catalog", "requests", 1_000_000, Decimal("1.00")),
    Item.ATHENA: Tariff("Athena", "TB scanned", 1, Decimal("5.00")),
    Item.DYNAMODB_WRITE: Tariff("DynamoDB on demand", "write units", 1_000_000, Decimal("0.625")),
    Item.DYNAMODB_READ: Tariff("DynamoDB on demand", "read units", 1_000_000, Decimal("0.125")),
    Item.CLOUDWATCH_PUT: Tariff("CloudWatch PutMetricData", "requests", 1_000, Decimal("0.01")),
    Item.S3_TRANSITION: Tariff("S3 moves to Glacier Flexible", "objects", 1_000, Decimal("0.03")),
    Item.DYNAMODB_STORAGE: Tariff("DynamoDB storage", "GB-months", 1, Decimal("0.25")),
    Item.DYNAMODB_BACKUP: Tariff("DynamoDB recovery", "GB-months", 1, Decimal("0.20")),
    Item.KMS_KEY: Tariff("KMS keys", "key-months", 1, Decimal("1.00")),
    Item.CLOUDWATCH_ALARM: Tariff("CloudWatch alarms", "metric-months", 1, Decimal("0.10")),
    Item.CLOUDWATCH_DASHBOARD: Tariff(
        "CloudWatch dashboards", "dashboard-months", 1, Decimal("3.00")
    ),
    Item.CLOUDTRAIL_EVENT: Tariff("CloudTrail data events", "events", 100_000, Decimal("0.10")),
}
"""Without free tiers, which other work of the same account may have used up."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency."""

    nanos: int
    currency: str

    def __str__(self) -> str:
        return f"{amount(self.nanos)} {self.currency}"


@dataclass(frozen=True, slots=True)
class Prices:
    """The prices that plans and receipts are reckoned with."""

    source: str = "AWS list prices"
    region: str = "us-east-1"
    date: str = "2025-01-01"  # they were so on that day
    currency: str = "USD"
    glue_least_seconds: int = 60  # that one Glue run is billed for
    of: Mapping[Item, Decimal] = field(default_factory=dict)  # those that are not the list's

    def nanos(self, item: Item, quantity: float) -> int:
        """What so much of an item costs."""
        tariff = TARIFFS[item]
        price = self.of.get(item, tariff.list_price)
        exact = price * Decimal(repr(quantity)) * NANOS / tariff.per
        return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def amount(nanos: int) -> str:
    """Nanos in units of the currency: to the hundredth, or to three digits that tell."""
    value = Decimal(nanos) / NANOS
    if value == 0 or abs(value) >= 1:
        return f"{value:,.2f}"
    places = min(2 - value.adjusted(), 9)
    return f"{value:.{places}f}"
