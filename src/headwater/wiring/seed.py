"""What a lake names on AWS, made in the box, so that it works there at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from headwater.adapters.aws.ledger import create_table
from headwater.adapters.aws.queue import create_queue
from headwater.adapters.aws.settings import AwsSettings
from headwater.adapters.aws.workflows import KEYS, create_tables
from headwater.config.load import load
from headwater.config.settings import Place, Settings
from headwater.emulator.box import REGION
from headwater.model.notify import Topic

_S3 = "s3://"
_CLASSIC = "us-east-1"  # whose buckets take no word for where they are
_OWN = "primary"  # a workgroup that is there


def seed(configuration: Path) -> tuple[str, ...]:
    """Make what a headwater.yaml names: buckets, tables, queues, topics; what was made.

    The environment says where the box is.
    """
    settings = load(configuration)
    return tuple(_made(settings, AwsSettings(region=settings.region or REGION)))


def _made(settings: Settings, aws: AwsSettings) -> Iterator[str]:
    for bucket in dict.fromkeys(map(_bucket, settings.zones.values())):
        if bucket:
            _make_bucket(aws, bucket)
            yield f"bucket {bucket}"
    if settings.ledger_url is not None:
        name = settings.ledger_url.removeprefix("dynamodb://")
        dynamodb = aws.client("dynamodb")
        create_table(dynamodb, name)
        create_tables(dynamodb, name)
        yield f"tables {name}, {', '.join(f'{name}-{each}' for each in KEYS)}"
    if settings.queue_url is not None:
        name = settings.queue_url.removeprefix("sqs://")
        _listen(aws, settings.zones["raw"], create_queue(name, aws))
        yield f"queue {name}"
    if settings.athena_workgroup not in {None, _OWN}:
        aws.client("athena").create_work_group(Name=settings.athena_workgroup)
        yield f"workgroup {settings.athena_workgroup}"
    for notify in settings.notify:
        if isinstance(notify.way, Topic):
            name = notify.way.name.rpartition(":")[2]
            aws.client("sns").create_topic(Name=name)
            yield f"topic {name}"


def _bucket(place: Place) -> str:
    if isinstance(place, Path) or not place.startswith(_S3):
        return ""
    return place.removeprefix(_S3).partition("/")[0]


def _make_bucket(aws: AwsSettings, name: str) -> None:
    """A bucket that keeps versions, as those do that are laid down on AWS."""
    s3 = aws.client("s3")
    where: dict[str, Any] = {"CreateBucketConfiguration": {"LocationConstraint": aws.region}}
    s3.create_bucket(Bucket=name, **({} if aws.region == _CLASSIC else where))
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})


def _listen(aws: AwsSettings, raw: Place, queue: str) -> None:
    """Have the queue told of what is put into the raw zone."""
    bucket = _bucket(raw)
    if not bucket:
        return
    told = aws.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    prefix = str(raw).removeprefix(f"{_S3}{bucket}").strip("/")
    heard: dict[str, Any] = {
        "QueueArn": told["Attributes"]["QueueArn"],
        "Events": ["s3:ObjectCreated:*"],
    }
    if prefix:
        rule = {"Name": "prefix", "Value": f"{prefix}/"}
        heard["Filter"] = {"Key": {"FilterRules": [rule]}}
    aws.client("s3").put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"QueueConfigurations": [heard]}
    )
