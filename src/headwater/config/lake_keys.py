"""Every key at the top of headwater.yaml: its kind, default, meaning and an example."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator

from headwater.config import kinds
from headwater.config.athena_keys import AthenaKeys
from headwater.config.feed_keys import FeedKeys
from headwater.config.keyed import Keys, key, nothing_is_empty, part, single_is_list
from headwater.config.model_keys import ModelKeys
from headwater.config.notify_keys import NotifyKeys
from headwater.config.price_keys import PriceKeys
from headwater.config.zone_keys import ZoneKeys

_NO_TIME = timedelta(0)
_SECOND = timedelta(seconds=1)
_MOST_THREADS = 256
_LEAST_MEMORY = 64_000_000


class LakeKeys(Keys):
    """The whole file."""

    lake: kinds.Location = key(
        ".",
        "The folder of the lake, seen from the folder of headwater.yaml; or a bucket.",
        "s3://acme-lake",
    )
    zones: ZoneKeys = part(
        ZoneKeys, "Places of zones that lie elsewhere than below the lake.", {"raw": "/data/raw"}
    )
    ledger: kinds.LedgerIfAny = key(
        None,
        "A table of DynamoDB for the ledger, which is a file of this machine otherwise.",
        "dynamodb://headwater",
    )
    queue: kinds.QueueIfAny = key(
        None,
        "A queue of SQS that wakes the workers; a file of this machine otherwise.",
        "sqs://headwater",
    )
    catalog: kinds.CatalogIfAny = key(
        None,
        "A database of the Glue Data Catalog that tables are shown in, so that Athena and others "
        "find them; it is made where it is lacking. The tables have to lie in buckets of S3.",
        "glue://lake",
    )
    athena: AthenaKeys = part(
        AthenaKeys,
        "How Athena is asked: headwater query --on athena.",
        {"workgroup": "headwater-analytics"},
    )
    metrics: kinds.MetricsIfAny = key(
        None,
        "A namespace of CloudWatch for figures of each feed: rows, quarantined, files, bytes, "
        "seconds, cost, backlog, age. By the list, 2.40 USD a month for a feed with all eight, and "
        "0.44 USD for a worker that never ends and hands them on once a minute.",
        "cloudwatch://Headwater",
    )
    region: kinds.TextIfAny = key(
        None, "The region of AWS, where neither environment nor profile say it.", "eu-central-1"
    )
    kms_key: kinds.TextIfAny = key(
        None, "The key that objects in buckets are encrypted with.", "alias/headwater"
    )
    lease: Annotated[timedelta, kinds.duration(_SECOND)] = key(
        "1m", "How long a worker may be silent before its work is given to another.", "60s"
    )
    retention: Annotated[timedelta, kinds.duration(_NO_TIME)] = key(
        "7d", "How long parts that a commit removed stay for readers that began before.", "1d"
    )
    memory: Annotated[int, kinds.size(_LEAST_MEMORY)] = key(
        "400MB",
        "The most memory that one conversion may use; one into partitions, twice that.",
        "2GB",
    )
    threads: Annotated[int | None, kinds.number(1, _MOST_THREADS)] = key(
        None, "How many threads one conversion may use.", 2
    )
    notify: Annotated[list[NotifyKeys], BeforeValidator(single_is_list)] = key(
        [],
        "Who is told of what stands badly, and of what was refused or given up: once, and again "
        "when it is well.",
        [{"webhook": "https://example.org/hook", "on": ["late", "missing"]}],
    )
    prices: PriceKeys = part(
        PriceKeys, "What plans, receipts and budgets reckon with: AWS's list prices, unless said.",
        {"region": "eu-central-1"},
    )  # fmt: skip
    feeds: Annotated[
        dict[kinds.Name, Annotated[FeedKeys, BeforeValidator(nothing_is_empty)]],
        BeforeValidator(nothing_is_empty),
    ] = key({}, "The feeds, by name.", {"sales": {"match": "sales/**"}})
    models: Annotated[
        dict[kinds.Name, Annotated[ModelKeys, BeforeValidator(nothing_is_empty)]],
        BeforeValidator(nothing_is_empty),
    ] = key(
        {},
        "The models, by name.",
        {"daily": {"sql": "select day from sales"}},
    )
