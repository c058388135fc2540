"""Long values of a manifest, beside its head: cut into items, named by what is in them."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from headwater.adapters.aws.ledger.places import papers_of
from headwater.adapters.aws.ledger.table import Table
from headwater.adapters.aws.ledger.writes import Key
from headwater.errors import BrokenInvariant
from headwater.model.ids import ManifestId

_PIECE_BYTES = 350_000  # an item may have 400 KB
PLAN, MEMBERS, RECEIPT, PARTS = "plan", "members", "receipt", "parts"

Paper = tuple[ManifestId, str]  # of which manifest, and its name


def lay(table: Table, manifest: ManifestId, kinds: Mapping[str, Any]) -> dict[str, str]:
    """Write values of these kinds; answer their names, which a head may then carry.

    What another wrote is never overwritten, and what no head names is read by nobody.
    """
    names: dict[str, str] = {}
    items: list[dict[str, Any]] = []
    for kind, value in kinds.items():
        packed = pack(value)
        pieces = [packed[at : at + _PIECE_BYTES] for at in range(0, len(packed), _PIECE_BYTES)]
        digest = hashlib.blake2b(packed, digest_size=12).hexdigest()
        names[kind] = f"{kind}#{digest}#{len(pieces)}"
        for key, piece in zip(_keys(manifest, names[kind]), pieces, strict=True):
            items.append({"pk": key[0], "sk": key[1], "body": piece})
    table.put_all(items)
    return names


def read(table: Table, manifest: ManifestId, name: str) -> Any:
    """The value of a name."""
    return read_all(table, [(manifest, name)])[manifest, name]


def read_all(table: Table, papers: Iterable[Paper]) -> dict[Paper, Any]:
    """The values of these names."""
    wanted = {(manifest, name): list(_keys(manifest, name)) for manifest, name in papers}
    found = table.get_all(key for keys in wanted.values() for key in keys)
    return {paper: _joined(table, paper, keys, found) for paper, keys in wanted.items()}


def pack(value: Any) -> bytes:
    """Plain data in few bytes."""
    return zlib.compress(json.dumps(value, separators=(",", ":")).encode(), 6)


def unpack(body: bytes) -> Any:
    """Plain data from its bytes."""
    return json.loads(zlib.decompress(body))


def _joined(table: Table, paper: Paper, keys: list[Key], found: Mapping[Key, Any]) -> Any:
    if missing := [key for key in keys if key not in found]:
        raise BrokenInvariant(
            f"the DynamoDB table {table.name} lacks {missing[0][1]} of manifest {paper[0]}",
            hint="rebuild the ledger from the raw zone and the tables: headwater verify --rebuild",
        )
    return unpack(b"".join(found[key]["body"] for key in keys))


def _keys(manifest: ManifestId, name: str) -> Iterator[Key]:
    pieces = int(name.rpartition("#")[2])
    for number in range(pieces):
        yield papers_of(manifest), f"{name}#{number:04}"
