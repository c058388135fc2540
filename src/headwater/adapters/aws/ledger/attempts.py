"""What the holder of a claim may write, and what one who was overtaken may not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from headwater.adapters.aws.ledger import papers, places
from headwater.adapters.aws.ledger.failure import Refused
from headwater.adapters.aws.ledger.gathering import rows_of
from headwater.adapters.aws.ledger.items import read_manifest
from headwater.adapters.aws.ledger.table import Table, batched
from headwater.adapters.aws.ledger.writes import Item, Write, one_of, update
from headwater.errors import LeaseLost
from headwater.model.codec import to_plain
from headwater.model.ids import ArrivalId, FeedName, ManifestId
from headwater.model.manifest import Claim, ManifestState
from headwater.model.moves import manifest_sources, require_manifest_move
from headwater.model.part import Part
from headwater.model.receipt import Receipt
from headwater.points import point

_LOOKED_AT = 100  # manifests, together


@dataclass(frozen=True, slots=True)
class Taking:
    """Who wants a manifest, when, until when, and of which feeds."""

    worker: str
    now: datetime
    until: datetime
    feeds: Sequence[FeedName] | None
    besides: Sequence[ManifestId] = ()
    only: ManifestId | None = None
    token: str = field(default_factory=places.new_token)


def claim(table: Table, taking: Taking) -> Claim | None:
    """Take the oldest manifest that waits for a worker."""
    if taking.feeds is not None and not taking.feeds:
        return None
    for head in _waiting(table, taking):
        point("claim.pre")
        held = _take(table, head, taking)
        if held is not None:
            arrivals = tuple(ArrivalId(str(row[0])) for row in rows_of(table, held))
            manifest = read_manifest(held, arrivals)
            return Claim(manifest, manifest.attempt, taking.worker)
    return None


def renew(table: Table, held: Claim, until: datetime) -> None:
    """Prolong the lease; a manifest that its holder has ended or given back has none."""
    live = (ManifestState.CLAIMED, ManifestState.STAGED)
    try:
        table.write_one(change(held, {"lease_until": places.micros(until)}, live))
    except Refused:
        require(table, held)


def stage(table: Table, held: Claim, receipt: Receipt, parts: Sequence[Part]) -> None:
    """Keep the receipt and the parts until they are settled."""
    require(table, held)
    names = lay(table, held, receipt, parts)
    point("stage.pre")
    sources = (*manifest_sources(ManifestState.STAGED), ManifestState.STAGED)
    state = {"state": ManifestState.STAGED.value}
    for _ in table.rounds("stage"):
        try:
            table.write_one(change(held, {**state, **names}, sources))
        except Refused:
            require_manifest_move(state_of(require(table, held)), ManifestState.STAGED)
        else:
            return


def release(table: Table, held: Claim, error: str, retry_at: datetime) -> None:
    """Give the manifest back."""
    ends = {
        "state": ManifestState.OPEN.value,
        "error": error,
        "retry_at": places.micros(retry_at),
        "worker": None,
        "lease_until": None,
    }
    for _ in table.rounds("release"):
        try:
            table.write_one(change(held, ends, manifest_sources(ManifestState.OPEN)))
        except Refused:
            state = state_of(require(table, held))
            if state is ManifestState.OPEN:  # where an earlier try of ours left it
                return
            require_manifest_move(state, ManifestState.OPEN)
        else:
            return


def require(table: Table, held: Claim) -> Item:
    """The manifest's head, if nobody has claimed it since."""
    head = table.get(places.manifest_at(held.manifest.id))
    if head is None or head["attempt"] != held.attempt:
        now = f"attempt {head['attempt']} has it" if head else "the ledger does not know it"
        raise LeaseLost(
            f"attempt {held.attempt} at manifest {held.manifest.id} was overtaken: {now}",
            hint="nothing to do: whoever holds it goes on",
        )
    return head


def change(held: Claim, changes: dict[str, Any], sources: Sequence[ManifestState]) -> Write:
    """A change of a manifest's head, if nobody has claimed it since."""
    when, values = one_of("state", sources)
    return update(
        places.manifest_at(held.manifest.id),
        changes,
        when=f"#attempt = :attempt AND {when}",
        attempt=held.attempt,
        **values,
    )


def lay(table: Table, held: Claim, receipt: Receipt, parts: Sequence[Part]) -> dict[str, str]:
    """Write a receipt and parts where a head may name them."""
    values = {papers.RECEIPT: to_plain(receipt), papers.PARTS: [to_plain(each) for each in parts]}
    return papers.lay(table, held.manifest.id, values)


def state_of(head: Item) -> ManifestState:
    """The state of a manifest's head."""
    return ManifestState(head["state"])


def _waiting(table: Table, taking: Taking) -> Iterator[Item]:
    """What a worker may take, the oldest first."""
    if taking.only is None:
        work = table.query("#pk = :pk", pk=places.WORK, page=_LOOKED_AT)
    else:
        work = _one(table, taking.only)
    for some in batched(work, _LOOKED_AT):
        keys = [
            places.manifest_at(item["manifest"])
            for item in some
            if item["manifest"] not in taking.besides
            and (taking.feeds is None or item["feed"] in taking.feeds)
        ]
        heads = table.get_all(keys)
        for key in keys:
            head = heads.get(key)
            if head and _waits_until(head) <= places.micros(taking.now):
                yield head


def _one(table: Table, manifest: ManifestId) -> Iterator[Item]:
    """What says that this manifest has not ended."""
    head = table.get(places.manifest_at(manifest))
    if head is not None and state_of(head) in manifest_sources(ManifestState.CLAIMED):
        yield {"manifest": head["id"], "feed": head["feed"]}


def _waits_until(head: Item) -> int:
    """An open manifest has no lease, a claimed one no retry time: what is set is waited for."""
    until: int = head.get("lease_until") or head.get("retry_at") or 0
    return until


def _take(table: Table, head: Item, taking: Taking) -> Item | None:
    """The manifest with the next attempt, unless somebody else was quicker."""
    at = places.manifest_at(head["id"])
    when, values = one_of("state", manifest_sources(ManifestState.CLAIMED))
    taken = {
        "state": ManifestState.CLAIMED.value,
        "attempt": head["attempt"] + 1,
        "worker": taking.worker,
        "lease_until": places.micros(taking.until),
        "retry_at": None,
        "token": taking.token,
    }
    due = "(attribute_not_exists(#lease_until) OR #lease_until <= :now)"
    write = update(
        at,
        taken,
        when=f"#attempt = :attempt AND {when} AND {due}",
        attempt=head["attempt"],
        now=places.micros(taking.now),
        **values,
    )
    try:
        return table.write_one(write)
    except Refused:
        found = table.get(at)
        mine = found is not None and found["token"] == taking.token
        return found if mine else None
