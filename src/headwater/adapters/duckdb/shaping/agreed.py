"""The columns behind the steps, and how they go together with those that the table has."""

from __future__ import annotations

from dataclasses import dataclass

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.columns.exact import duck_type
from headwater.adapters.duckdb.columns.native import holds, unite
from headwater.errors import TypesDiffer
from headwater.model.feed import Feed, OnBadValue
from headwater.model.types import TEXT, Column, Schema, Widened


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the table's columns become, and how rows are written in them."""

    made: Schema  # behind the steps
    schema: Schema  # the table's
    widened: tuple[Widened, ...] = ()

    def columns(self) -> str:
        """SQL of the columns of the parts, each behind a comma."""
        return "".join(
            f", {self._column(each)} AS {quote.name(each.name)}" for each in self.schema.columns
        )

    def _column(self, each: Column) -> str:
        made = self.made.find(each.name)
        value = "NULL" if made is None else quote.name(made.name)
        return f"CAST({value} AS {duck_type(each.type)})"


def agreed(feed: Feed, table: Schema, made: Schema) -> Agreed:
    """The table with what the steps give; TypesDiffer where the one does not hold the other."""
    wider = []
    for each in made.columns:
        known = table.find(each.name)
        if known is None or holds(known.type, each.type):
            continue
        both = unite(known.type, each.type)
        # Without steps the values of the files have decided; text that steps make is a mistake.
        is_mistaken = both == TEXT and bool(feed.steps)
        if feed.on_bad_value is not OnBadValue.WIDEN or both is None or is_mistaken:
            raise TypesDiffer(
                f"feed {feed.name}: column {each.name} is {each.type} behind the steps, "
                f"and {known.type} in table {feed.table}",
                hint=f"end the steps with cast: {{{known.name}: {known.type}}}, or read all its "
                f"files again into the table made anew: headwater replay {feed.name} --as-one",
            )
        wider.append(Widened(known.name, known.type, both))
    widened = tuple(wider)
    return Agreed(made, table.widened(widened).plus(made.columns), widened)
