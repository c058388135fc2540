"""Events in one unbroken row, how their subjects stand, and who was told up to which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from headwater.adapters.aws.ledger import places
from headwater.adapters.aws.ledger.failure import Refused
from headwater.adapters.aws.ledger.table import Table, batched
from headwater.adapters.aws.ledger.writes import ABSENT, PRESENT, Item, Key, Write, put, update
from headwater.model.event import Event, EventKind, Happening

_NOTIFIERS = "NOTIFIER"


def record(table: Table, happenings: Sequence[Happening]) -> int:
    """Make events of what was not so before of its subject; answer how many."""
    some = max((table.step_items - 1) // 2, 1)
    return sum(_record(table, each) for each in batched(happenings, some))


def _record(table: Table, happenings: Sequence[Happening]) -> int:
    """The counter is raised with the events: a later one is never there before an earlier one."""
    token = places.new_token()
    for _ in table.rounds("record events"):
        counter = table.get(places.EVENT_NUMBERS) or {}
        last = counter.get("n", 0)
        if counter.get("token") == token:
            return int(last) - int(counter["before"])  # an earlier try, whose answer was lost
        events, stands = _changes(table, happenings, last)
        if not events:
            return 0
        try:
            table.write(
                _counted(counter, last + len(events), token),
                *map(put, events),
                *map(put, stands.values()),
            )
        except Refused:
            continue
        return len(events)
    return 0


def _counted(counter: Item, last: int, token: str) -> Write:
    pk, sk = places.EVENT_NUMBERS
    before = counter.get("n", 0)
    item = {"pk": pk, "sk": sk, "n": last, "before": before, "token": token}
    if not counter:
        return put(item, when=ABSENT)
    return put(item, when="#n = :before AND #token = :token", before=before, token=counter["token"])


def _changes(
    table: Table, happenings: Sequence[Happening], last: int
) -> tuple[list[Item], dict[Key, Item]]:
    subjects = [places.subject_at(each.feed, each.subject) for each in happenings]
    known = table.get_all(subjects)
    events: list[Item] = []
    stands: dict[Key, Item] = {}
    for each, at in zip(happenings, subjects, strict=True):
        before = (stands.get(at) or known.get(at) or {}).get("kind")
        recovers = each.kind is EventKind.RECOVERED
        if before == each.kind.value or (recovers and before is None):
            continue
        number = last + len(events) + 1
        events.append(_item(each, number, before))
        stands[at] = {"pk": at[0], "sk": at[1], "kind": each.kind.value}
    return events, stands


def subjects_of(table: Table, keys: Sequence[Key]) -> set[Key]:
    """Those of these subjects of which there is an event."""
    return set(table.get_all(keys))


def meet(table: Table, notifier: str) -> None:
    """Note a notifier that is not known: it is told what is recorded from now on."""
    at = (_NOTIFIERS, notifier)
    if table.get(at) is not None:
        return
    last = (table.get(places.EVENT_NUMBERS) or {}).get("n", 0)
    item = {"pk": at[0], "sk": at[1], "told": last, "busy_until": 0, "token": ""}
    try:
        table.write(put(item, when=ABSENT))
    except Refused:
        return


def untold(table: Table, notifier: str, now: datetime, until: datetime, limit: int) -> list[Event]:
    """Take events that a notifier is to be told, in order."""
    at = (_NOTIFIERS, notifier)
    known = table.get(at)
    last = (table.get(places.EVENT_NUMBERS) or {}).get("n", 0)
    if known is None or known["busy_until"] > places.micros(now) or known["told"] >= last:
        return []
    token = places.new_token()
    taken = {"busy_until": places.micros(until), "token": token}
    when = "#busy_until <= :now AND #told = :told"
    values: dict[str, Any] = {"now": places.micros(now), "told": known["told"]}
    try:
        table.write(update(at, taken, when=when, **values))
    except Refused:
        if (table.get(at) or {}).get("token") != token:
            return []
    return list(_behind(table, known["told"], limit))


def told(table: Table, notifier: str, event: int, busy_until: datetime) -> None:
    """Note up to which event it was told, and when it may next be taken."""
    at = (_NOTIFIERS, notifier)
    free = {"busy_until": places.micros(busy_until)}
    for write in (
        update(at, {**free, "told": event}, when="#told <= :event", event=event),
        update(at, free, when=PRESENT),
    ):
        try:
            table.write(write)
        except Refused:  # it was told of later ones, or nobody met it
            continue
        return


def _behind(table: Table, number: int, limit: int) -> Iterator[Event]:
    found = table.query(
        "#pk = :pk AND #sk > :told", pk=places.EVENTS, told=f"{number:015}", page=limit
    )
    for _, item in zip(range(limit), found, strict=False):
        yield _event(item)


def _item(each: Happening, number: int, was: str | None) -> Item:
    return {
        "pk": places.EVENTS,
        "sk": f"{number:015}",
        "number": number,
        "feed": each.feed,
        "subject": each.subject,
        "kind": each.kind.value,
        "at": places.micros(each.at),
        "message": each.message,
        "hint": each.hint,
        "since": None if each.since is None else places.micros(each.since),
        "was": was,
    }


def _event(item: dict[str, Any]) -> Event:
    return Event(
        id=item["number"],
        feed=item["feed"],
        subject=item["subject"],
        kind=EventKind(item["kind"]),
        at=places.time_at(item["at"]),
        message=item["message"],
        hint=item["hint"],
        since=places.time_or_none(item.get("since")),
        was=EventKind(item["was"]) if "was" in item else None,
    )
