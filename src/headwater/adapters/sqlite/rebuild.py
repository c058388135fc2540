"""Fills an empty ledger with what raw and the tables' logs say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from headwater.adapters.sqlite.database import Transaction
from headwater.adapters.sqlite.rows import (
    Values,
    write_arrival,
    write_books,
    write_manifest,
    write_part,
    write_receipt,
)
from headwater.errors import LedgerError
from headwater.model.arrival import Arrival
from headwater.model.ids import ManifestId, TableName
from headwater.model.manifest import Manifest
from headwater.model.part import Part
from headwater.model.receipt import Receipt


def load(
    tx: Transaction,
    arrivals: Iterable[Arrival],
    manifests: Iterable[tuple[Manifest, Receipt]],
    parts: Iterable[tuple[TableName, ManifestId, Part]],
) -> None:
    """Write everything, or nothing."""
    if tx.one("anything") != (0,):
        raise LedgerError(
            "the ledger is not empty, and only an empty one can be loaded",
            hint="move its file away first: headwater verify --rebuild does that",
        )
    tx.each("add_arrival", map(write_arrival, arrivals))
    for manifest, receipt in manifests:
        tx.run("add_manifest", **write_manifest(manifest))
        tx.each("load_member", _members(manifest))
        tx.run("keep_receipt", **write_receipt(receipt, receipt.finished_at))
        tx.each("load_books", map(write_books, receipt.files))
    tx.each(
        "keep_part",
        (write_part(part, table, manifest, settled=True) for table, manifest, part in parts),
    )


def _members(manifest: Manifest) -> Iterator[Values]:
    for position, arrival in enumerate(manifest.arrivals):
        yield {"id": arrival, "manifest": manifest.id, "position": position}
