"""What is told of workflows to who knows nothing of the ledger: two tables, one item a thing.

    workflow_metadata   prefix    which files have which workflow
    workflow_status     file_id   when it began with a file, when it ended, and how

They are told, and nothing asks them: where they cannot be written, work goes on.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from headwater.adapters.aws.door import door
from headwater.adapters.aws.ledger.failure import Refused
from headwater.adapters.aws.ledger.table import STEP_ITEMS, Table, batched
from headwater.adapters.aws.ledger.writes import Item, put
from headwater.errors import HeadwaterError
from headwater.model.arrival import ArrivalState, Cause
from headwater.model.feed import Feed
from headwater.model.ids import ArrivalId, Key
from headwater.model.manifest import Claim
from headwater.model.receipt import Receipt

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

METADATA, STATUS = "workflow_metadata", "workflow_status"
KEYS = {METADATA: "prefix", STATUS: "file_id"}
WAITING = "waiting"  # to be tried again
_UNFINISHED = "attribute_not_exists(#finish)"
_WILD = re.compile(r"[*?\[{]")
_PATIENCE_SECONDS = 10.0  # whoever works does not wait longer for what nobody may ask
_logger = logging.getLogger(__name__)


class Workflows:
    """The two tables of one lake; each is named as the ledger's, and what it tells of."""

    def __init__(self, client: DynamoDBClient, ledger: str) -> None:
        """Take a client, and the name of the ledger's table."""
        self._client = client
        self._metadata = Table(client, f"{ledger}-{METADATA}")
        self._status = Table(client, f"{ledger}-{STATUS}", patience_seconds=_PATIENCE_SECONDS)
        self._tells = True

    @property
    def tells(self) -> bool:
        """Whether it could be told so far."""
        return self._tells

    def declare(self, feeds: Sequence[Feed], machine: str) -> None:
        """Say which prefixes have which workflow, and nothing of those that have none any more."""
        with door(self._metadata.name):
            told = self._client.scan(TableName=self._metadata.name)["Items"]
        declared = {item["prefix"]: item for item in _declared(feeds, machine)}
        self._metadata.put_all(declared.values())
        for each in told:
            if each["prefix"]["S"] not in declared:
                self._metadata.write_one({"Delete": {"Key": {"prefix": each["prefix"]}}})

    def began(self, held: Claim, keys: Mapping[ArrivalId, Key]) -> None:
        """An attempt has begun. Whoever comes late does not unsay how it ended."""
        self._unless_finished(
            {**_began(held, each), "key": keys[each], "status": ArrivalState.PROCESSING}
            for each in held.manifest.arrivals
        )

    def ended(self, held: Claim, receipt: Receipt, now: datetime) -> None:
        """It has ended as the receipt says, whichever attempt it was that came to this."""
        items = (
            {
                **_began(held, file.arrival),
                **_finish(held, now),
                "key": file.key,
                "status": file.state,
                "error": file.cause.message if file.cause else None,
                "rows_written": file.books.written,
                "rows_quarantined": file.books.quarantined,
            }
            for file in receipt.files
        )
        self._tell(lambda: self._status.put_all(items))

    def waits(self, held: Claim, keys: Mapping[ArrivalId, Key], error: str) -> None:
        """An attempt has failed, and there is to be another."""
        self._unless_finished(
            {**_began(held, each), "key": keys[each], "status": WAITING, "error": error}
            for each in held.manifest.arrivals
        )

    def given_up(
        self, held: Claim, keys: Mapping[ArrivalId, Key], cause: Cause, now: datetime
    ) -> None:
        """The last attempt has failed."""
        ends = {**_finish(held, now), "status": ArrivalState.DEAD, "error": cause.message}
        self._unless_finished(
            {**_began(held, each), "key": keys[each], **ends} for each in held.manifest.arrivals
        )

    def _unless_finished(self, items: Iterable[Item]) -> None:
        def tell() -> None:
            for some in batched((put(each, when=_UNFINISHED) for each in items), STEP_ITEMS):
                try:
                    self._status.write(*some)
                except Refused:  # one of them is finished: the others are told one by one
                    for each in some:
                        _passing_over(self._status, each)

        self._tell(tell)

    def _tell(self, tell: Any) -> None:
        if not self._tells:
            return
        try:
            tell()
        except HeadwaterError as error:
            # Once, and for as long as this process lives: work is not to wait for it each time.
            self._tells = False
            _logger.warning("workflows are not told of: %s", error.message)


def create_tables(client: DynamoDBClient, ledger: str) -> None:
    """Make both tables, and wait until they can be used; for tests and the emulator."""
    for table, key in KEYS.items():
        client.create_table(
            TableName=f"{ledger}-{table}",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        )
        client.get_waiter("table_exists").wait(
            TableName=f"{ledger}-{table}", WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )


def _passing_over(table: Table, write: Any) -> None:
    try:
        table.write_one(write)
    except Refused:
        return


def _began(held: Claim, arrival: ArrivalId) -> Item:
    return {
        "file_id": arrival,
        "workflow": held.manifest.feed,
        "start": _moment(held.manifest.created_at),
        "batch": held.manifest.id,
        "attempt": held.attempt,
    }


def _finish(held: Claim, now: datetime) -> Item:
    lasted = max(now - held.manifest.created_at, timedelta())
    return {"finish": _moment(now), "duration_ms": lasted // timedelta(milliseconds=1)}


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _declared(feeds: Sequence[Feed], machine: str) -> Iterable[Item]:
    """An item for each pattern of each feed; where two begin alike, each is told by all of it."""
    begins = Counter(_prefix(pattern) for feed in feeds for pattern in feed.match)
    for feed in feeds:
        for pattern in feed.match:
            prefix = _prefix(pattern)
            yield {
                "prefix": prefix if begins[prefix] == 1 and prefix else pattern,
                "pattern": pattern,
                "workflow": feed.name,
                "table": feed.table,
                "state_machine": machine,
            }


def _prefix(pattern: str) -> str:
    return _WILD.split(pattern, maxsplit=1)[0]
