"""The kinds of value a key takes, as pydantic, people and editors need them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Annotated, Any

from pydantic_core import CoreSchema, core_schema

from headwater.config.merging import PARTITIONS, read_mode
from headwater.config.quantity import (
    DURATION_PATTERN,
    MONEY_PATTERN,
    SIZE_PATTERN,
    TOLERANCE_PATTERN,
    format_duration,
    format_size,
)
from headwater.config.refresh import read_refresh
from headwater.config.spellings import (
    read_cells,
    read_comment,
    read_delimiter,
    read_encoding,
    read_escape,
    read_flag,
    read_grouping,
    read_log_pattern,
    read_null,
    read_place,
    read_quote,
    read_sheet,
)
from headwater.config.values import (
    LONGEST_NAME,
    MOST_SMALL,
    NAME,
    NEVER,
    ColumnType,
    read_catalog,
    read_column_name,
    read_column_type,
    read_compact,
    read_currency,
    read_date,
    read_duration,
    read_ledger,
    read_location,
    read_metrics,
    read_money,
    read_name,
    read_number,
    read_one_of,
    read_partition,
    read_pattern,
    read_price,
    read_queue,
    read_size,
    read_text,
    read_timezone,
    read_tolerance,
)
from headwater.model.checks import Check
from headwater.model.curated import Mode, Refresh
from headwater.model.feed import (
    DecimalMark,
    Doctype,
    Format,
    OnBadValue,
    OnNewColumn,
    OnRewrite,
    PartitionBy,
    Place,
    Ragged,
    Tolerance,
    Types,
)
from headwater.model.merge import Merge
from headwater.model.price import Money
from headwater.model.steps import Step

_VARIABLE = {"type": "string", "pattern": r"\$\{[^}]*\}"}


class Compression(StrEnum):
    """How parts are compressed."""

    ZSTD = "zstd"
    SNAPPY = "snappy"
    GZIP = "gzip"


class Pages(StrEnum):
    """Which readers the parts' pages are for."""

    MODERN = "modern"  # data page version 2
    WIDE = "wide"  # version 1, which every reader knows


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of value: how it is read, its words for people, its shape for editors."""

    read: Callable[[Any], object]
    words: str
    shapes: tuple[Mapping[str, Any], ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: object) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: object) -> dict[str, Any]:
        shape = self.shapes[0] if len(self.shapes) == 1 else {"anyOf": list(self.shapes)}
        return {"title": self.words, **shape}


def _texts(pattern: str) -> dict[str, str]:
    return {"type": "string", "pattern": pattern}


def _choice(choices: type[StrEnum]) -> Kind:
    words: list[str | None] = [choice.value for choice in choices]
    if "null" in words:
        words.append(None)  # what editors take a bare null for
    return Kind(partial(read_one_of, choices=choices), "word", ({"enum": words},))


def number(least: int, most: int) -> Kind:
    """A whole number between these."""
    return Kind(
        partial(read_number, least=least, most=most),
        f"number, {least:,} to {most:,}",
        ({"type": "integer", "minimum": least, "maximum": most}, _VARIABLE),
    )


def size(least: int) -> Kind:
    """So many bytes or more."""
    return Kind(
        partial(read_size, least=least),
        f"size, {format_size(least)} or more",
        (_texts(SIZE_PATTERN), {"type": "integer", "minimum": least}, _VARIABLE),
    )


def duration(least: timedelta) -> Kind:
    """So long or longer."""
    words = f"duration, {format_duration(least)} or more" if least else "duration"
    return Kind(partial(read_duration, least=least), words, (_texts(DURATION_PATTERN), _VARIABLE))


def _read_step(value: object) -> Step:
    from headwater.config.steps import read_step  # noqa: PLC0415 - brings the parser of SQL, for feeds with steps alone

    return read_step(value)


def _read_check(value: object) -> Check:
    from headwater.config.checks import read_check  # noqa: PLC0415 - as for steps

    return read_check(value)


def _read_check_of_model(value: object) -> Check:
    from headwater.config.checks import read_check_of_model  # noqa: PLC0415 - as for steps

    return read_check_of_model(value)


_PLAIN = ({"type": "string"},)
_MODE = ({"type": "object"}, {"enum": ["append", PARTITIONS]}, _VARIABLE)
_STEP = ({"type": "object", "minProperties": 1, "maxProperties": 1},)
_LIMIT = (_texts(TOLERANCE_PATTERN), {"type": "integer", "minimum": 0}, _VARIABLE)
_COMPACT = ({"type": "integer", "minimum": 2, "maximum": MOST_SMALL}, {"enum": [NEVER]}, _VARIABLE)
_SHEET = ({"type": "string"}, {"type": "integer", "minimum": 1})
_NAMES = ({"type": "string", "pattern": NAME, "maxLength": LONGEST_NAME},)

Name = Annotated[str, Kind(read_name, "name", _NAMES)]
NameIfAny = Annotated[str | None, Kind(read_name, "name", _NAMES)]
Pattern = Annotated[str, Kind(read_pattern, "pattern", _PLAIN)]
Location = Annotated[str, Kind(read_location, "path, or URL", _PLAIN)]
LocationIfAny = Annotated[str | None, Kind(read_location, "path, or URL", _PLAIN)]
LedgerIfAny = Annotated[str | None, Kind(read_ledger, "URL", _PLAIN)]
CatalogIfAny = Annotated[str | None, Kind(read_catalog, "URL", _PLAIN)]
MetricsIfAny = Annotated[str | None, Kind(read_metrics, "URL", _PLAIN)]
QueueIfAny = Annotated[str | None, Kind(read_queue, "URL", _PLAIN)]
Timezone = Annotated[str, Kind(read_timezone, "time zone", _PLAIN)]
TimezoneIfAny = Annotated[str | None, Kind(read_timezone, "time zone", _PLAIN)]
ColumnName = Annotated[str, Kind(read_column_name, "column", _PLAIN)]
Declared = Annotated[ColumnType, Kind(read_column_type, "type, or type not null", _PLAIN)]
Partition = Annotated[PartitionBy, Kind(read_partition, "expression", _PLAIN)]
LimitIfAny = Annotated[Tolerance | None, Kind(read_tolerance, "share, or count of rows", _LIMIT)]
CompactIfAny = Annotated[int | None, Kind(read_compact, f"number, or {NEVER}", _COMPACT)]
Words = Annotated[str, Kind(read_text, "text", _PLAIN)]
TextIfAny = Annotated[str | None, Kind(read_text, "text", _PLAIN)]
EncodingIfAny = Annotated[str | None, Kind(read_encoding, "encoding", _PLAIN)]
DelimiterIfAny = Annotated[str | None, Kind(read_delimiter, "delimiter", _PLAIN)]
QuoteIfAny = Annotated[str | None, Kind(read_quote, "character, or none", _PLAIN)]
EscapeIfAny = Annotated[str | None, Kind(read_escape, "word, or character", _PLAIN)]
CommentIfAny = Annotated[str | None, Kind(read_comment, "text, or none", _PLAIN)]
Null = Annotated[str, Kind(read_null, "text", _PLAIN)]
GroupingIfAny = Annotated[str | None, Kind(read_grouping, "character, or none", _PLAIN)]
SheetIfAny = Annotated[str | None, Kind(read_sheet, "name, or number", _SHEET)]
CellsIfAny = Annotated[str | None, Kind(read_cells, "range of cells", _PLAIN)]
LogPatternIfAny = Annotated[
    str | None, Kind(read_log_pattern, "name, or regular expression", _PLAIN)
]
ColumnPlace = Annotated[Place, Kind(read_place, "name start length", _PLAIN)]
StepOfFeed = Annotated[Step, Kind(_read_step, "step", _STEP)]
MergeOfFeed = Annotated[Merge, Kind(read_mode, "`append`, `upsert`, `replace partitions`", _MODE)]
CheckOfFeed = Annotated[Check, Kind(_read_check, "check", ({"type": "object"},))]
CheckOfModel = Annotated[Check, Kind(_read_check_of_model, "check", ({"type": "object"},))]
Price = Annotated[Decimal, Kind(read_price, "number", ({"type": "number"}, _VARIABLE))]
Currency = Annotated[str, Kind(read_currency, "three letters", (_texts("^[A-Z]{3}$"), _VARIABLE))]
Day = Annotated[str, Kind(read_date, "day", _PLAIN)]
MoneyIfAny = Annotated[
    Money | None, Kind(read_money, "amount and currency", (_texts(MONEY_PATTERN), _VARIABLE))
]
Flag = Annotated[bool, Kind(read_flag, "`true` or `false`", ({"type": "boolean"}, _VARIABLE))]
DecimalWord = Annotated[DecimalMark, _choice(DecimalMark)]
RaggedWord = Annotated[Ragged, _choice(Ragged)]
DoctypeWord = Annotated[Doctype, _choice(Doctype)]
FormatWord = Annotated[Format, _choice(Format)]
TypesWord = Annotated[Types, _choice(Types)]
OnNewColumnWord = Annotated[OnNewColumn, _choice(OnNewColumn)]
OnRewriteWord = Annotated[OnRewrite, _choice(OnRewrite)]
OnBadValueWord = Annotated[OnBadValue, _choice(OnBadValue)]
ModeWord = Annotated[Mode, _choice(Mode)]
RefreshWord = Annotated[Refresh, Kind(read_refresh, "`after`, `every`, `cron`, `manual`", _PLAIN)]
CompressionWord = Annotated[Compression, _choice(Compression)]
PagesWord = Annotated[Pages, _choice(Pages)]
