"""A queue with SQS semantics in an SQLite file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from headwater.adapters.sqlite.database import Database, Transaction
from headwater.adapters.sqlite.rows import micros
from headwater.errors import UsageError
from headwater.model.clock import Clock, utc_now
from headwater.points import point
from headwater.ports.queue import BATCH, Depth, Message, ReceiptHandle

MAX_RECEIVES = 50


class SqliteQueue:
    """One named queue and its dead letters; several may share a file."""

    def __init__(
        self,
        path: Path,
        *,
        name: str = "events",
        max_receives: int = MAX_RECEIVES,
        clock: Clock = utc_now,
    ) -> None:
        self._database = Database(path, "queue")
        self._name = name
        self._max_receives = max_receives
        self._clock = clock

    def send(self, bodies: Sequence[str]) -> None:
        """Put messages in, all in one step; durable when it returns."""
        now = self._now()
        rows = [{"queue": self._name, "body": body, "now": now} for body in bodies]
        if rows:
            self._database.write(lambda tx: tx.each("send", rows), durable=True)

    def receive(self, limit: int = BATCH, *, hidden_for: timedelta) -> list[Message]:
        """Take up to ten visible messages, the longest visible first."""
        if not 1 <= limit <= BATCH:
            raise UsageError(
                f"a receive takes 1 to {BATCH} messages, not {limit}",
                hint="ask again for more; the queue keeps them",
            )
        if not self._database.read(
            lambda tx: tx.one("any_visible", queue=self._name, now=self._now())
        ):
            return []  # idle workers that only look do not stand in line for the write lock
        return self._database.write(lambda tx: self._take(tx, limit, hidden_for))

    def extend(self, handles: Sequence[ReceiptHandle], *, hidden_for: timedelta) -> None:
        """Hide messages for that long from now; a void handle changes nothing."""
        until = self._now(hidden_for)
        self._database.write(
            lambda tx: tx.run(
                "extend", queue=self._name, handles=json.dumps(list(handles)), until=until
            )
        )

    def delete(self, handles: Sequence[ReceiptHandle]) -> None:
        """Remove messages for good; a void handle changes nothing."""

        def remove(tx: Transaction) -> None:
            tx.run("delete", queue=self._name, handles=json.dumps(list(handles)))
            point("q.before_ack")

        self._database.write(remove)
        point("q.after_ack")

    def depth(self) -> Depth:
        """How many messages wait, are in somebody's hands, are dead letters."""
        row = self._database.read(lambda tx: tx.one("depth", queue=self._name, now=self._now()))
        return Depth(*row) if row else Depth(0, 0, 0)

    def dead_letters(self, limit: int = BATCH) -> list[Message]:
        """Look at dead letters, oldest first; their handles are void."""
        rows = self._database.read(lambda tx: tx.all("dead_letters", queue=self._name, limit=limit))
        return [Message(str(row[0]), row[1], ReceiptHandle(""), row[2]) for row in rows]

    def redrive(self) -> int:
        """Put every dead letter back with its count of receives at zero; answer how many."""
        now = self._now()
        return self._database.write(
            lambda tx: tx.run("redrive", queue=self._name, now=now), durable=True
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._database.close()

    def _take(self, tx: Transaction, limit: int, hidden_for: timedelta) -> list[Message]:
        taken: list[Message] = []
        while len(taken) < limit:
            rows = tx.all(
                "receive",
                queue=self._name,
                now=self._now(),
                until=self._now(hidden_for),
                limit=limit - len(taken),
                max_receives=self._max_receives,
            )
            taken += [
                Message(str(id_), body, ReceiptHandle(handle), receives)
                for id_, body, handle, receives, dead in rows
                if not dead
            ]
            if not any(row[-1] for row in rows):
                break  # nobody died in the place of a living one
        return sorted(taken, key=lambda message: int(message.id))

    def _now(self, later: timedelta = timedelta(0)) -> int:
        return micros(self._clock() + later)
