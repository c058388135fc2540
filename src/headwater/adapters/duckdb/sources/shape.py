"""What sources have in common that are read together."""

from __future__ import annotations

from dataclasses import dataclass, field

from headwater.adapters.duckdb.columns.naming import Pairs
from headwater.adapters.duckdb.columns.numbers import Numbers
from headwater.model.feed import Format

WIDE = 500
"""Of more columns, some are read and written after the others."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What sources have in common that are read together."""

    format: Format
    columns: tuple[str, ...]  # names of the cells, as tables have them
    keys: tuple[str, ...] = ()  # of JSON objects and Parquet files: the cells' own names
    delimiter: str = ","
    quote: str = '"'
    newline: str = "\n"
    numbers: Numbers = field(default_factory=Numbers)  # of delimited cells
    nulls: tuple[str, ...] = ()  # bare cells that stand for null, where DuckDB reads them itself
    natives: tuple[str, ...] = ()  # of Parquet: DuckDB's types
    strict: bool = False  # of JSON: every object has all keys and no other
    complete: bool = False  # of JSON: these are all keys there are, as every object was asked
    texts: bool = False  # of JSON: its strings are texts as delimited cells are, and no more
    rename: Pairs = ()  # as the feed says
    renamed: Pairs = ()  # of the columns
    _places: dict[str, int] = field(init=False, compare=False, repr=False, default_factory=dict)

    @property
    def delimited(self) -> bool:
        """Whether it is CSV or TSV."""
        return self.format in {Format.CSV, Format.TSV}

    @property
    def wide(self) -> bool:
        """Whether it is a text whose columns are read some after the others."""
        return self.delimited and len(self.columns) > WIDE

    @property
    def json(self) -> bool:
        """Whether it is JSON of either kind."""
        return self.format in {Format.JSON, Format.NDJSON}

    @property
    def typed(self) -> bool:
        """Whether it is JSON that tells numbers from strings."""
        return self.json and not self.texts

    def find(self, name: str) -> int | None:
        """The place of a column, whatever its case."""
        if not self._places:
            every = reversed(list(enumerate(self.columns)))
            self._places.update((each.lower(), place) for place, each in every)
        return self._places.get(name.lower())
