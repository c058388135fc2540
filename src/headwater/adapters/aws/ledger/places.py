"""Where each thing lies in the table: its partition and its place there."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from headwater.adapters.aws.ledger.writes import Item, Key
from headwater.model.ids import ArrivalId, AttemptId, FeedName, ManifestId, RawName
from headwater.model.ids import Key as ObjectKey

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

UNROUTED = ""  # the feed of what no feed matches
HEAD = "head"
MARKS, WORK, FEEDS, DEAD, EVENTS = "MARK", "WORK", "FEED", "DEAD", "EVENT"
NUMBERS: Key = ("COUNT", "registrations")  # orders arrivals and manifests
EVENT_NUMBERS: Key = ("COUNT", "events")
ENDING = "end"  # what questions finish before they answer
GATHERING = "gather"  # what batches finish before they begin
LOADING: Key = (MARKS, "end of a load")


def under_key(key: ObjectKey) -> str:
    """The partition of all arrivals under a key, of whatever feed."""
    return f"K#{key}"


def arrival_at(feed: FeedName | None, key: ObjectKey, generation: int) -> Key:
    """One arrival."""
    return under_key(key), f"{feed or UNROUTED}#{generation:010}"


def named(id_: ArrivalId) -> Key:
    """What says where the arrival of an id lies."""
    return f"A#{id_}", HEAD


def raw_at(raw: RawName) -> Key:
    """What says which arrivals a raw object has."""
    return f"R#{raw}", HEAD


def manifest_at(id_: ManifestId) -> Key:
    """The head of a manifest; its long values lie behind it."""
    return papers_of(id_), HEAD


def papers_of(id_: ManifestId) -> str:
    """The partition of a manifest."""
    return f"M#{id_}"


def work_at(number: int) -> Key:
    """What says that a manifest has not ended."""
    return WORK, f"{number:015}"


def settled_of(feed: FeedName | None) -> str:
    """The partition of what was settled of a feed, in order of time."""
    return f"S#{feed or UNROUTED}"


def spent_at(feed: FeedName, month: str, currency: str) -> Key:
    """What the work of a month has cost a feed."""
    return f"C#{feed}", f"{month}#{currency}"


def upkeep_of(feed: FeedName | None) -> str:
    """The partition of what compactions of a feed took, in order of time."""
    return f"U#{feed or UNROUTED}"


def upkeep_at(attempt: AttemptId) -> Key:
    """What says that a commit of a compaction is kept."""
    return f"O#{attempt}", HEAD


def halts_of(feed: FeedName | None) -> str:
    """The partition of a feed's batches that checks halted, in order of time."""
    return f"H#{feed or UNROUTED}"


def halt_at(id_: ManifestId) -> Key:
    """What says that a batch was halted."""
    return papers_of(id_), "halt"


def arrivals_of(feed: FeedName | None) -> str:
    """The list of a feed's arrivals in the indexes."""
    return f"A#{feed or UNROUTED}"


def manifests_of(feed: FeedName) -> str:
    """The list of a feed's manifests in the indexes."""
    return f"M#{feed}"


def subject_at(feed: FeedName, subject: str) -> Key:
    """How a subject of events stands."""
    return f"E#{feed}", subject


def feed_of(item: Item) -> FeedName | None:
    """The feed that an item names; None for the unrouted."""
    return FeedName(item["feed"]) if item["feed"] else None


def micros(time: datetime) -> int:
    """Microseconds since 1970, exactly."""
    return (time - _EPOCH) // _MICROSECOND


def sortable(time: datetime) -> str:
    """The same as text that sorts."""
    return f"{micros(time):020}"


def month_begin(month: str) -> datetime:
    """The first moment of a month such as 2026-11."""
    return datetime.fromisoformat(f"{month}-01T00:00:00+00:00")


def time_at(value: int) -> datetime:
    """A time from its microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=value)


def time_or_none(value: int | None) -> datetime | None:
    """A time, where there is one."""
    return None if value is None else time_at(value)


def new_token() -> str:
    """What a write carries, so that whoever sent it knows it for its own."""
    return secrets.token_hex(8)
