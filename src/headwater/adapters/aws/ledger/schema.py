"""The table that a ledger lies in: its keys and its indexes, as one value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LISTED = "listed"  # arrivals and manifests of a feed, in the order of registration
WAITING = "waiting"  # pending arrivals of a feed; sparse
LANDED = "landed"  # arrivals of a feed by the time they landed
NAMED = "named"  # arrivals of a feed by their keys


def _index(name: str, hashed: str, ranged: str, projection: str) -> dict[str, Any]:
    return {
        "IndexName": name,
        "KeySchema": [
            {"AttributeName": hashed, "KeyType": "HASH"},
            {"AttributeName": ranged, "KeyType": "RANGE"},
        ],
        "Projection": {"ProjectionType": projection},
    }


SCHEMA: dict[str, Any] = {
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "S"},
        {"AttributeName": "list", "AttributeType": "S"},
        {"AttributeName": "waits", "AttributeType": "S"},
        {"AttributeName": "seq", "AttributeType": "N"},
        {"AttributeName": "landed_at", "AttributeType": "N"},
        {"AttributeName": "key", "AttributeType": "S"},
    ],
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "GlobalSecondaryIndexes": [
        _index(LISTED, "list", "seq", "ALL"),
        _index(WAITING, "waits", "seq", "KEYS_ONLY"),
        _index(LANDED, "list", "landed_at", "KEYS_ONLY"),
        _index(NAMED, "list", "key", "KEYS_ONLY"),
    ],
}
"""What create_table makes, and what an account's table has to be like."""


def create_table(client: DynamoDBClient, name: str) -> None:
    """Make the table, and wait until it can be used; for tests and the emulator."""
    client.create_table(TableName=name, **SCHEMA)
    client.get_waiter("table_exists").wait(
        TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )
