"""What an attempt wrote becomes true: one entry in the table's log, or one receipt object."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from headwater.errors import CommitUnknown, ObjectExists, ObjectMissing
from headwater.flow.world import World
from headwater.model.arrival import Cause
from headwater.model.checks import CheckResult
from headwater.model.codec import from_plain, to_plain
from headwater.model.ids import FeedName, ManifestId
from headwater.model.manifest import Claim, Manifest
from headwater.model.part import Part
from headwater.model.receipt import Receipt
from headwater.model.types import Schema
from headwater.points import point
from headwater.ports.engine import Rewritten
from headwater.ports.tables import Commit, CommitOutcome, CommitResult
from headwater.ports.watching import Halt
from headwater.shape.table import table_schema

LOOKS = 3
"""How often a commit whose reply was lost is asked for again before the attempt gives up."""


@dataclass(frozen=True, slots=True)
class Committed:
    """The receipt that the log holds, whoever put it there, and the parts it names."""

    receipt: Receipt
    parts: tuple[Part, ...]


def commit(
    world: World,
    claim: Claim,
    receipt: Receipt,
    *,
    schema: Schema,
    parts: Sequence[Part],
    rewritten: Rewritten | None,
) -> Committed | None:
    """Make it true, or find that it is; None: this attempt was fenced, nothing was committed."""
    feed = world.feed_of(claim.manifest)
    if not schema.columns:
        return without_table(world, claim.manifest, receipt)
    columns = table_schema(feed, schema)
    widened = rewritten.widened if rewritten else ()
    standing = columns.without(each.column for each in widened)
    by = tuple(each.name for each in feed.partition)
    anew = rewritten is not None and rewritten.anew
    if not anew:
        world.tables.ensure(feed.table, standing, by)
    # Asked after the table is there: whoever ends the manifest without a table writes its
    # object first and then looks for a table to fence, so that one of the two sees the other.
    said = _said(world, claim.manifest)
    if said is not None:
        return _as_committed(said)
    added = (*parts, *(rewritten.parts if rewritten else ()))
    wanted = Commit(
        table=feed.table,
        manifest=claim.manifest.id,
        attempt=claim.attempt_id,
        add=added,
        remove=rewritten.removed if rewritten else (),
        receipt=entry_of(receipt, added),
        schema=columns,
        widened=widened,
        seen=rewritten.seen if rewritten else None,
        anew=by if anew else None,
    )
    return say(world, claim, receipt, wanted)


def say(world: World, claim: Claim, receipt: Receipt, wanted: Commit) -> Committed | None:
    """Commit it, and see what became of that."""
    result = _ask(world, wanted)
    if result.outcome is CommitOutcome.FENCED:
        return None
    if result.outcome is CommitOutcome.DUPLICATE:
        return already(world, claim.manifest)
    return Committed(replace(receipt, version=result.version), wanted.add)


def already(world: World, manifest: Manifest) -> Committed | None:
    """What the log, or a receipt object, says of a manifest that some attempt has committed."""
    entry = world.tables.committed(manifest.table, manifest.id)
    if entry is not None and entry.receipt is not None:
        return from_entry(entry.receipt, entry.version, entry.added)
    return receipt_object(world, manifest)


def receipt_object(world: World, manifest: Manifest) -> Committed | None:
    """The receipt of a manifest that wrote no row into any table, or None."""
    said = _said(world, manifest)
    return None if said is None else _as_committed(said)


def given_up(world: World, manifest: Manifest) -> Cause | None:
    """Why the manifest was given up; None while it was not."""
    said = _said(world, manifest)
    return from_plain(Cause, said["dead"]) if said is not None and "dead" in said else None


def write_off(
    world: World, manifest: Manifest, cause: Cause, found: Sequence[Mapping[str, object]] = ()
) -> None:
    """Write down that a manifest is given up, unless its end is written down already.

    Where a check halted it, with what each check has found.
    """
    body: dict[str, Any] = {"dead": to_plain(cause), "arrivals": list(manifest.arrivals)}
    if found:
        body |= {"checks": list(found), "at": to_plain(world.clock())}
    with suppress(ObjectExists):
        world.zones.manifests.create(receipt_name(manifest), json.dumps(body).encode())


def halt_of(world: World, manifest: Manifest) -> Halt | None:
    """What the checks found in a manifest that one of them halted; None where none did."""
    said = _said(world, manifest)
    return halt_in(manifest.feed, manifest.id, said) if said is not None else None


def halt_in(feed: FeedName, manifest: ManifestId, said: Mapping[str, Any]) -> Halt | None:
    """The same, out of the object that ends the manifest."""
    if "checks" not in said or "dead" not in said:
        return None
    at, checks = (
        from_plain(datetime, said["at"]),
        from_plain(tuple[CheckResult, ...], said["checks"]),
    )
    return Halt(feed, manifest, at, checks)


def receipt_name(manifest: Manifest) -> str:
    """Where the receipt of a manifest lies that has no entry in a table's log."""
    return f"{manifest.feed}/{manifest.id}.receipt.json"


def from_entry(said: Mapping[str, Any], version: int | None, added: Sequence[Part]) -> Committed:
    """Read back what a log entry or a receipt object keeps."""
    receipt = from_plain(Receipt, said["receipt"])
    hashes = said.get("sha256", {})
    parts = tuple(replace(part, sha256=hashes.get(part.path)) for part in added)
    return Committed(replace(receipt, version=version), parts)


def entry_of(receipt: Receipt, parts: Sequence[Part]) -> Mapping[str, Any]:
    """What the log keeps beside the parts: the books, and the hashes that it has no place for."""
    hashes = {part.path: part.sha256 for part in parts}
    return {"receipt": to_plain(receipt), "sha256": hashes}


def without_table(world: World, manifest: Manifest, receipt: Receipt) -> Committed | None:
    """No row, no column, no table: put-if-absent of the receipt is the commit point."""
    body = json.dumps(entry_of(receipt, ())).encode()
    try:
        world.zones.manifests.create(receipt_name(manifest), body)
    except ObjectExists:
        return receipt_object(world, manifest)
    return Committed(receipt, ())


def _ask(world: World, wanted: Commit) -> CommitResult:
    for _ in range(LOOKS - 1):
        try:
            return world.tables.commit(wanted)
        except CommitUnknown:
            point("log.no_reply")
    return world.tables.commit(wanted)


def _said(world: World, manifest: Manifest) -> dict[str, Any] | None:
    """What the object says that ends a manifest outside of every log."""
    try:
        said: dict[str, Any] = json.loads(world.zones.manifests.read(receipt_name(manifest)))
    except ObjectMissing:
        return None
    return said


def _as_committed(said: Mapping[str, Any]) -> Committed | None:
    return None if "dead" in said else from_entry(said, None, ())
