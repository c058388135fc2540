"""Whether two rows that were written share a key: asked of the parts, in the cheapest sure way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.parts.write import Draft
from headwater.model.types import TEXT, Schema

_WHOLE = frozenset({"smallint", "int", "bigint"})
_MOST_BITS = 1 << 28  # each thread has a map of its own, which no memory limit counts
_SPARSE = 32  # bits for a row: past this, a map takes longer than a table of hashes


@dataclass(frozen=True, slots=True)
class Twins:
    """Looks for keys that come twice in files that were just written."""

    connection: duckdb.DuckDBPyConnection
    made: Draft
    schema: Schema

    def share(self, key: Sequence[str]) -> bool:
        """Whether two rows have the same key; keys that have a null are none of anyone's."""
        if not self.made.paths:
            return False
        if (bounds := self._dense(key)) is not None:
            return self._share_a_bit(key[0], *bounds)
        found = [self.schema.find(name) for name in key]
        if any(column is not None and column.type == TEXT for column in found):
            # Equal keys have equal hashes, which take less room than texts.
            hashes = f"SELECT hash({_listed(key)}) AS h FROM {self._reader()} WHERE {_there(key)}"
            if not self._any(f"FROM ({hashes}) GROUP BY h"):
                return False
        return self._any(f"FROM {self._reader()} WHERE {_there(key)} GROUP BY {_listed(key)}")

    def _dense(self, key: Sequence[str]) -> tuple[int, int] | None:
        """The least and the most of a key of one whole number, if few are missing between them."""
        column = self.schema.find(key[0])
        if len(key) > 1 or column is None or column.type.kind not in _WHOLE:
            return None
        if len(self.made.statistics) < len(self.made.paths):
            return None
        try:
            of = [each[quote.name(column.name)] for each in self.made.statistics]
            least, most = min(int(each["min"]) for each in of), max(int(each["max"]) for each in of)
        except (KeyError, ValueError):
            return None
        bits = most - least + 1
        return None if bits > min(_MOST_BITS, _SPARSE * self.made.rows.total()) else (least, most)

    def _share_a_bit(self, name: str, least: int, most: int) -> bool:
        """A bit for each number from the least to the most: two rows with one set the same."""
        value = f"CAST({quote.name(name)} AS BIGINT)"
        bits = f"bitstring_agg({value}, CAST({least} AS BIGINT), CAST({most} AS BIGINT))"
        self.connection.execute(f"SELECT count({value}), bit_count({bits}) FROM {self._reader()}")
        rows, numbers = self.connection.fetchall()[0]
        return bool(rows != numbers)

    def _any(self, groups: str) -> bool:
        return (
            self.connection.execute(f"SELECT 1 {groups} HAVING count(*) > 1 LIMIT 1").fetchone()
            is not None
        )

    def _reader(self) -> str:
        files = quote.texts(str(path) for path in self.made.paths)
        return f"read_parquet({files}, hive_partitioning = true, hive_types_autocast = false)"


def _listed(key: Sequence[str]) -> str:
    return ", ".join(map(quote.name, key))


def _there(key: Sequence[str]) -> str:
    return " AND ".join(f"{quote.name(name)} IS NOT NULL" for name in key)
