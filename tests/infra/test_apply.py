"""A lake is laid down on a double of AWS, found as it was meant, left alone, and taken away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from headwater.adapters.aws.ledger.schema import SCHEMA
from tests.aws.double import REGION, Double, double
from tests.infra.stage import Stage, empty_package, stage

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("terraform")]

KNOWN_DRIFTS = {"aws_sqs_queue": {"redrive_policy"}}
"""By type of resource, what the double answers otherwise than it was told."""


@pytest.fixture(scope="module")
def laid_down(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, Double]]:
    folder = tmp_path_factory.mktemp("lake")
    with double() as aws:
        made = stage(folder)
        made = Stage(made.folder, {**made.environment, **aws.environment})
        made.give(
            name="acme",
            region=REGION,
            path_style=True,
            encrypted_connections=False,
            max_retries=2,
            protected=False,
            package=empty_package(folder),
        )
        made.run("apply", "-auto-approve", "-input=false", "-no-color", "-parallelism=20")
        yield made, aws
        _take_away(made, aws)  # what has to come last, in whatever order tests run


def test_the_ledger_is_the_table_that_the_adapter_expects(laid_down: tuple[Stage, Double]):
    _, aws = laid_down

    table = aws.client("dynamodb").describe_table(TableName="acme")["Table"]

    assert table["BillingModeSummary"]["BillingMode"] == SCHEMA["BillingMode"]
    assert table["KeySchema"] == SCHEMA["KeySchema"]
    assert _by(table["AttributeDefinitions"], "AttributeName") == _by(
        SCHEMA["AttributeDefinitions"], "AttributeName"
    )
    assert {
        each["IndexName"]: (each["KeySchema"], each["Projection"])
        for each in table["GlobalSecondaryIndexes"]
    } == {
        each["IndexName"]: (each["KeySchema"], each["Projection"])
        for each in SCHEMA["GlobalSecondaryIndexes"]
    }


def test_a_file_that_is_put_into_the_raw_zone_is_announced(laid_down: tuple[Stage, Double]):
    made, aws = laid_down
    places = json.loads(made.run("output", "-json"))
    mapping = aws.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    raw = places["buckets"]["value"]["raw"]

    told = aws.client("s3").get_bucket_notification_configuration(Bucket=raw)

    [queue] = told["QueueConfigurations"]
    assert queue["Events"] == ["s3:ObjectCreated:*"]
    assert [each["EventSourceArn"] for each in mapping] == [queue["QueueArn"]]


def test_no_policy_allows_more_than_it_names(laid_down: tuple[Stage, Double]):
    made, _ = laid_down
    state = json.loads(made.run("show", "-json"))

    allowed = [
        (address, action)
        for address, statement in _statements(state["values"]["root_module"])
        for action in _listed(statement["Action"])
        if statement["Effect"] == "Allow" and "*" in action and "aws_kms_key" not in address
    ]

    assert allowed == []


def test_nothing_is_changed_by_a_second_plan_but_what_the_double_forgets(
    laid_down: tuple[Stage, Double],
):
    made, _ = laid_down

    made.run("plan", "-input=false", "-no-color", "-out=again.plan")
    plan = json.loads(made.run("show", "-json", "again.plan"))

    drifts = {
        (each["type"], what)
        for each in plan["resource_changes"]
        if each["change"]["actions"] not in (["no-op"], ["read"])
        for what in _differences(each["change"])
    }
    known = {(kind, what) for kind, names in KNOWN_DRIFTS.items() for what in names}
    assert drifts <= known


def _take_away(made: Stage, aws: Double) -> None:
    """Destroying leaves nothing, data included."""
    made.run("destroy", "-auto-approve", "-input=false", "-no-color", "-parallelism=20")
    assert aws.client("s3").list_buckets()["Buckets"] == []
    assert aws.client("dynamodb").list_tables()["TableNames"] == []


def _by(items: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return sorted(items, key=lambda item: item[name])


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else value


def _statements(module: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for resource in module.get("resources", ()):
        policy = resource["values"].get("policy")
        for statement in json.loads(policy)["Statement"] if policy else ():
            yield resource["address"], statement
    for child in module.get("child_modules", ()):
        yield from _statements(child)


def _differences(change: dict[str, Any]) -> set[str]:
    before, after = change["before"] or {}, change["after"] or {}
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}
