"""What a batch takes on AWS, and what that costs: the same sum before a run and after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import ceil

from headwater.model.price import Item, Prices

PIECE_BYTES = 8 << 20
"""Larger objects are written in pieces of this size, each a request; each is read in one."""

_MULTIPART = 2  # requests that begin and end a write in pieces
_MESSAGES = 10  # that one request of SQS takes
_GB = 1_000_000_000

# What the flow does for each file, each call with messages and each batch, as the box counts it:
# tests/aws/test_budget.py holds these against counted requests. Of the ledger they are units: a
# write in a transaction is two, and each index that it changes is one.
_WRITES_OF_FILE = 20  # registered 10, batched 4, settled 3, told of as a workflow 3
_WRITES_OF_CALL = 1
_WRITES_OF_BATCH = 23
_READS_OF_FILE = 5
_READS_OF_FILE_SPREAD = 1  # where a batch does not fit into one transaction
_READS_OF_CALL = 3.5
_READS_OF_BATCH = 21
_WHOLE_FILES = 96  # that fit into one transaction
_OBJECTS_OF_BATCH = 2  # the manifest's and the log's entry
_LOOKS_OF_BATCH = 7  # at the log, and at what was written
_LISTS_OF_BATCH = 4  # of the log
_GETS_OF_FILE = 2  # for its digest, and to be converted
_TRANSITIONS = 6  # of the state machine: begin, choose, convert, commit, settle, end
_SMALL_GB_SECONDS = 0.1  # of the functions that register, commit and settle, each
_SMALL_FUNCTIONS = 3

# A function of 3.5 GB has two virtual processors, two DPUs of Glue have eight.
_LAMBDA_GB = 3.5
_LAMBDA_PROCESSORS = 2
_LAMBDA_START_SECONDS = 1.5
_GLUE_DPUS = 2
_GLUE_PROCESSORS = 8
_GLUE_START_SECONDS = 30.0
# A question to Athena is billed by the megabyte, and for ten of them at least.
_SCANNED_UNIT = 1_000_000
_SCANNED_LEAST = 10 * _SCANNED_UNIT
_TB = 1_000_000_000_000

_SPARK_TIMES = 9  # as much processor time as the embedded engine takes, measured on CSV


class AwsEngine(StrEnum):
    """What converts a batch on AWS."""

    LAMBDA = "lambda"
    GLUE = "glue"


def engine_for(size_bytes: int, lambda_below_bytes: int) -> AwsEngine:
    """Lambda below the feed's threshold, Glue from there on."""
    return AwsEngine.LAMBDA if size_bytes < lambda_below_bytes else AwsEngine.GLUE


@dataclass(frozen=True, slots=True)
class Load:
    """What one batch reads and writes: planned, or counted."""

    files: int
    bytes_in: int
    puts_in: int  # requests that bring the files in
    gets_in: int  # requests that read them
    parts: int
    bytes_out: int
    puts_out: int
    cpu_seconds: float  # that the embedded engine takes


def load(sizes_in: Iterable[int], sizes_out: Iterable[int], cpu_seconds: float) -> Load:
    """The load of files and parts of these sizes."""
    incoming, outgoing = tuple(sizes_in), tuple(sizes_out)
    return Load(
        files=len(incoming),
        bytes_in=sum(incoming),
        puts_in=sum(map(_puts, incoming)),
        gets_in=_GETS_OF_FILE * len(incoming),
        parts=len(outgoing),
        bytes_out=sum(outgoing),
        puts_out=sum(map(_puts, outgoing)),
        cpu_seconds=cpu_seconds,
    )


def load_within(sizes_in: Iterable[int], sizes_out: Iterable[int], cpu_seconds: float) -> Load:
    """The load of making parts of parts, which nobody has to bring in or to register."""
    whole = load(sizes_in, sizes_out, cpu_seconds)
    return replace(whole, files=0, puts_in=0, gets_in=whole.files)


@dataclass(frozen=True, slots=True)
class CostLine:
    """So much of one item, and what it costs."""

    item: Item
    quantity: float
    nanos: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What something costs on AWS, item by item, by prices of that region and date."""

    nanos: int = 0
    currency: str = "USD"
    region: str = ""
    date: str = ""
    lines: tuple[CostLine, ...] = field(default=())

    def __add__(self, other: Cost) -> Cost:
        lines = {line.item: line for line in self.lines}
        for line in other.lines:
            before = lines.get(line.item, CostLine(line.item, 0, 0))
            quantity = before.quantity + line.quantity
            lines[line.item] = CostLine(line.item, quantity, before.nanos + line.nanos)
        return Cost(
            self.nanos + other.nanos,
            other.currency,
            other.region,
            other.date,
            tuple(lines.values()),
        )


@dataclass(frozen=True, slots=True)
class Bill:
    """What one question has scanned, and what it costs."""

    scanned_bytes: int
    cost: Cost


def bill(scanned_bytes: int, prices: Prices) -> Bill:
    """The bill of a question that has scanned so much."""
    billed = max(ceil(scanned_bytes / _SCANNED_UNIT) * _SCANNED_UNIT, _SCANNED_LEAST)
    return Bill(scanned_bytes, priced({Item.ATHENA: billed / _TB}, prices))


def cost(batch: Load, engine: AwsEngine, prices: Prices) -> Cost:
    """What it costs to land, convert and commit one batch."""
    return priced({**_flow(batch), **_compute(batch, engine, prices)}, prices)


def storage(bytes_in: int, bytes_out: int, prices: Prices) -> Cost:
    """What a month of keeping raw files and parts costs."""
    return priced({Item.S3_STANDARD: (bytes_in + bytes_out) / _GB}, prices)


def priced(quantities: Mapping[Item, float], prices: Prices) -> Cost:
    """These quantities at these prices."""
    lines = tuple(
        CostLine(item, quantity, prices.nanos(item, quantity))
        for item, quantity in quantities.items()
    )
    total = sum(line.nanos for line in lines)
    return Cost(total, prices.currency, prices.region, prices.date, lines)


def glue_seconds(batch: Load) -> float:
    """How long a Glue run takes, whatever is billed at least."""
    return _GLUE_START_SECONDS + _SPARK_TIMES * batch.cpu_seconds / _GLUE_PROCESSORS


def _flow(batch: Load) -> dict[Item, float]:
    """Everything around the conversion."""
    return {
        Item.S3_PUT: batch.puts_in + batch.puts_out + _OBJECTS_OF_BATCH,
        Item.S3_GET: batch.gets_in + _LOOKS_OF_BATCH,
        Item.S3_LIST: _LISTS_OF_BATCH,
        Item.SQS: batch.files + 2 * ceil(batch.files / _MESSAGES),  # sent, received, deleted
        **_ledger(batch.files),
        Item.STEP_FUNCTIONS: _TRANSITIONS,
        Item.GLUE_CATALOG: 1,
        Item.CLOUDWATCH_PUT: 1,
    }


def _ledger(files: int) -> dict[Item, float]:
    """Units of a batch of so many files."""
    calls = ceil(files / _MESSAGES)
    reads = _READS_OF_FILE + (_READS_OF_FILE_SPREAD if files > _WHOLE_FILES else 0)
    return {
        Item.DYNAMODB_WRITE: _WRITES_OF_FILE * files + _WRITES_OF_CALL * calls + _WRITES_OF_BATCH,
        Item.DYNAMODB_READ: reads * files + _READS_OF_CALL * calls + _READS_OF_BATCH,
    }


def _compute(batch: Load, engine: AwsEngine, prices: Prices) -> dict[Item, float]:
    calls = ceil(batch.files / _MESSAGES) + _SMALL_FUNCTIONS
    small = calls * _SMALL_GB_SECONDS
    if engine is AwsEngine.LAMBDA:
        seconds = _LAMBDA_START_SECONDS + batch.cpu_seconds / _LAMBDA_PROCESSORS
        compute = round(small + seconds * _LAMBDA_GB, 3)
        return {Item.LAMBDA_REQUEST: calls + 1, Item.LAMBDA_COMPUTE: compute}
    billed = max(ceil(glue_seconds(batch)), prices.glue_least_seconds)
    return {
        Item.LAMBDA_REQUEST: calls,
        Item.LAMBDA_COMPUTE: round(small, 3),
        Item.GLUE: billed * _GLUE_DPUS / 3600,
    }


def _pieces(size_bytes: int) -> int:
    return max(ceil(size_bytes / PIECE_BYTES), 1)


def _puts(size_bytes: int) -> int:
    return 1 if size_bytes <= PIECE_BYTES else _pieces(size_bytes) + _MULTIPART
