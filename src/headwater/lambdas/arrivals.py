"""Messages and the timer: what came is registered, and what is due is begun."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from headwater.lambdas.container import executions, lake
from headwater.model.codec import to_plain


def handle(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Register what the records announce, and begin an execution for each manifest that waits.

    The timers bring no records. Now and then one asks to reconcile, all or what came within some
    days, and so finds what no event told of; one asks to notify. Messages that are named as
    failed are seen again, each alone.
    """
    records = event.get("Records", [])
    failed = lake().arrive([each["body"] for each in records]) if records else []
    if event.get("reconcile"):
        days = event.get("days")
        lake().reconcile(newer=timedelta(days=days) if days else None)
    if event.get("notify"):
        lake().notify()
    begun = []
    for each in lake().dispatch():
        name = f"{each.manifest}-{each.attempt}"
        if executions().begin(name, to_plain(each)):
            begun.append(name)
    again = [{"itemIdentifier": records[at]["messageId"]} for at in failed]
    return {"batchItemFailures": again, "begun": begun}
