"""One DynamoDB table: consistent reads, conditional writes, patience with a busy service."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from headwater.adapters.aws.ledger.failure import Refused, explained, is_passing, is_refusal
from headwater.adapters.aws.ledger.writes import (
    Item,
    Key,
    Write,
    decode,
    encode,
    encode_key,
    expression,
)
from headwater.errors import LedgerError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

T = TypeVar("T")

STEP_ITEMS = 100  # that one transaction may touch
_GET_ITEMS = 100
_PUT_ITEMS = 25
PATIENCE_SECONDS = 120.0
_LONGEST_PAUSE_SECONDS = 5.0
_ROUNDS = 200


class Table:
    """Reads and writes of one table. Safe to use from several threads."""

    def __init__(
        self,
        client: DynamoDBClient,
        name: str,
        *,
        step_items: int = STEP_ITEMS,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self.name = name
        self.step_items = step_items
        self._client = client
        self._patience_seconds = patience_seconds

    def get(self, key: Key) -> Item | None:
        """One item, as it is."""
        answer = self._call("get_item", Key=encode_key(key), ConsistentRead=True)
        return decode(answer["Item"]) if "Item" in answer else None

    def get_all(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """Those of these items that are there, as they are."""
        found: dict[Key, Item] = {}
        for some in batched(dict.fromkeys(keys), _GET_ITEMS):
            for item in self._get_some([encode_key(key) for key in some]):
                found[item["pk"], item["sk"]] = item
        return found

    def query(
        self,
        condition: str,
        *,
        index: str | None = None,
        where: str | None = None,
        newest_first: bool = False,
        page: int | None = None,
        **values: Any,
    ) -> Iterator[Item]:
        """Items of one collection in the order of their sort keys, page by page as they are asked.

        Of an index the answer may be a moment old.
        """
        texts = {"KeyConditionExpression": condition}
        if where is not None:
            texts["FilterExpression"] = where
        request = expression(texts, values)
        request["ScanIndexForward"] = not newest_first
        if page is not None:
            request["Limit"] = page
        if index is None:
            request["ConsistentRead"] = True
        else:
            request["IndexName"] = index
        while True:
            answer = self._call("query", **request)
            yield from map(decode, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def put_all(self, items: Iterable[Mapping[str, Any]]) -> None:
        """Write items on no condition: what nothing points to yet, or is always the same."""
        for some in batched(items, _PUT_ITEMS):
            waiting: Any = {self.name: [{"PutRequest": {"Item": encode(each)}} for each in some]}
            for _ in self.rounds("write"):
                answer = self._request("batch_write_item", RequestItems=waiting)
                waiting = answer.get("UnprocessedItems")
                if not waiting:
                    break

    def write(self, *writes: Write) -> None:
        """Write everything or nothing; Refused if a condition does not hold."""
        if len(writes) == 1:
            self.write_one(writes[0])
            return
        items = [
            {kind: {"TableName": self.name, **what} for kind, what in write.items()}
            for write in writes
        ]
        self._request("transact_write_items", TransactItems=items)

    def write_one(self, write: Write) -> Item:
        """Write one item; of an update, answer what it has become. Refused as above."""
        [(kind, what)] = write.items()
        if kind == "Update":
            what = {**what, "ReturnValues": "ALL_NEW"}
        answer = self._call(f"{kind.lower()}_item", **what)
        return decode(answer.get("Attributes", {}))

    def count(self, counter: Key, steps: int) -> int:
        """Take that many numbers; answer the first. One may be lost, none is given twice."""
        answer = self._call(
            "update_item",
            Key=encode_key(counter),
            UpdateExpression="ADD #n :n",
            ExpressionAttributeNames={"#n": "n"},
            ExpressionAttributeValues={":n": {"N": str(steps)}},
            ReturnValues="UPDATED_NEW",
        )
        last: int = decode(answer["Attributes"])["n"]
        return last - steps + 1

    def rounds(self, what: str) -> Iterator[int]:
        """Tries of something that others may come before, with a growing pause between them."""
        for number in range(_ROUNDS):
            if number:
                _pause(number)
            yield number
        raise LedgerError(
            f"the DynamoDB table {self.name} was too busy to {what} within {_ROUNDS} tries",
            hint="run it again with fewer workers on one feed",
        )

    def close(self) -> None:
        """Close the client's connections."""
        self._client.close()

    def _get_some(self, keys: Sequence[Mapping[str, Any]]) -> Iterator[Item]:
        waiting: Any = {self.name: {"Keys": keys, "ConsistentRead": True}}
        for _ in self.rounds("read"):
            answer = self._request("batch_get_item", RequestItems=waiting)
            yield from map(decode, answer["Responses"].get(self.name, ()))
            waiting = answer.get("UnprocessedKeys")
            if not waiting:
                return

    def _call(self, operation: str, **request: Any) -> Any:
        return self._request(operation, TableName=self.name, **request)

    def _request(self, operation: str, **request: Any) -> Any:
        """Send it until there is an answer. A write may be carried out by a try that got none.

        The next try is then refused by its own condition, and who asked looks and finds
        what is its own.
        """
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - slow

        deadline = time.monotonic() + self._patience_seconds
        number = 0
        while True:
            try:
                return getattr(self._client, operation)(**request)
            except (BotoCoreError, ClientError) as cause:
                if is_refusal(cause):
                    raise Refused from cause
                if not is_passing(cause) or time.monotonic() > deadline:
                    raise explained(cause, self.name) from cause
            number += 1
            _pause(number)


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most so many."""
    each = iter(items)
    while some := list(islice(each, size)):
        yield some


def _pause(number: int) -> None:
    longest = min(0.005 * 2.0 ** min(number, 12), _LONGEST_PAUSE_SECONDS)
    time.sleep(random.uniform(0, longest))
