"""What a month of a lake on AWS costs: its work, what it keeps, what it has while nobody works."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil

from headwater.model.cost import Cost, bill, cost, engine_for, load, priced
from headwater.model.price import Item, Prices

DAYS = 30
_YEAR_DAYS = 365
_RAW_DAYS = 90  # in S3 Standard, then Glacier: see infra/main.tf
_GB = 1_000_000_000
_MINUTES = DAYS * 24 * 60
_LOOK_GB_SECONDS = 0.1  # of a function of 512 MB, warm
_LOOK_READS = 7  # half a unit for each feed and each question; 3.5 were counted with one feed
_NOTICES = DAYS * 24 * 4  # every quarter of an hour somebody looks whether there is any
_NOTICE_READS = 40  # counted in the box, of a feed of which something is expected
_RECONCILES = DAYS * 4  # every six hours, of what came within three days
_RECENT_DAYS = 3
_SEARCHES = DAYS / 7  # once a week, of all
_LISTED = 1_000  # objects that one request lists
_READS_OF_OBJECT = 2  # of the ledger, each time that the raw zone is listed
_POLLS = 5 * 3 * _MINUTES  # five that ask an empty queue, each for twenty seconds
_LEDGER_BYTES = 3_000  # of a file: its items, and what indexes hold of them


@dataclass(frozen=True, slots=True)
class Standing:
    """What is there by the month, whether anything comes or not: what infra/ lays down."""

    keys: int = 11  # of seven buckets, of the ledger, of logs, of topics, of the audit's bucket
    alarm_metrics: int = 25
    dashboards: int = 4


@dataclass(frozen=True, slots=True)
class Habit:
    """What a lake has to do, day by day."""

    files_a_day: int
    file_bytes: int
    batch_files: int
    questions_a_day: int
    scanned_bytes: int  # by each
    out_of_in: float = 0.25  # bytes of parts for each of the files: CSV as Parquet
    cpu_of_in: float = 1 / 150_000_000  # processor seconds for each
    lambda_below_bytes: int = 100_000_000
    recorded: bool = True  # whether CloudTrail records who reads and writes
    standing: Standing = field(default_factory=Standing)


@dataclass(frozen=True, slots=True)
class Month:
    """The bill of one month, a year after the first file came."""

    work: Cost  # files land, and become rows
    questions: Cost
    kept: Cost
    idle: Cost  # by the month, with nothing to do
    search: Cost  # for files whose event was lost, in all that has ever come
    audit: Cost

    @property
    def whole(self) -> Cost:
        """All of it."""
        rest = (self.questions, self.kept, self.idle, self.search, self.audit)
        return sum(rest, start=self.work)


def month_of(habit: Habit, prices: Prices) -> Month:
    """What a month of this costs by these prices."""
    work = _work(habit, prices)
    answered = bill(habit.scanned_bytes, prices).cost
    return Month(
        work=work,
        questions=_times(answered, DAYS * habit.questions_a_day, prices),
        kept=_kept(habit, prices),
        idle=idle(habit.standing, prices),
        search=_search(habit, prices),
        audit=priced(_recorded(work) if habit.recorded else {}, prices),
    )


def idle(standing: Standing, prices: Prices) -> Cost:
    """A month in which nothing comes and nobody asks, of a lake that holds nothing."""
    calls = _MINUTES + _NOTICES + _RECONCILES + _SEARCHES
    return priced(
        {
            Item.KMS_KEY: standing.keys,
            Item.CLOUDWATCH_ALARM: standing.alarm_metrics,
            Item.CLOUDWATCH_DASHBOARD: standing.dashboards,
            Item.SQS: _POLLS,
            Item.LAMBDA_REQUEST: calls,
            Item.LAMBDA_COMPUTE: calls * _LOOK_GB_SECONDS,
            Item.DYNAMODB_READ: calls * _LOOK_READS + _NOTICES * _NOTICE_READS,
        },
        prices,
    )


def _work(habit: Habit, prices: Prices) -> Cost:
    batch_bytes = habit.batch_files * habit.file_bytes
    batch = load(
        [habit.file_bytes] * habit.batch_files,
        [round(batch_bytes * habit.out_of_in)],
        batch_bytes * habit.cpu_of_in,
    )
    one = cost(batch, engine_for(batch_bytes, habit.lambda_below_bytes), prices)
    return _times(one, DAYS * habit.files_a_day / habit.batch_files, prices)


def _kept(habit: Habit, prices: Prices) -> Cost:
    a_day = habit.files_a_day * habit.file_bytes / _GB
    ledger = _YEAR_DAYS * habit.files_a_day * _LEDGER_BYTES / _GB
    return priced(
        {
            Item.S3_STANDARD: a_day * (_RAW_DAYS + _YEAR_DAYS * habit.out_of_in),
            Item.S3_GLACIER: a_day * (_YEAR_DAYS - _RAW_DAYS),
            Item.S3_TRANSITION: DAYS * habit.files_a_day,
            Item.DYNAMODB_STORAGE: ledger,
            Item.DYNAMODB_BACKUP: ledger,
        },
        prices,
    )


def _search(habit: Habit, prices: Prices) -> Cost:
    objects, recent = _YEAR_DAYS * habit.files_a_day, _RECENT_DAYS * habit.files_a_day
    asked = _RECONCILES * recent + _SEARCHES * objects
    return priced(
        {
            Item.S3_LIST: (_RECONCILES + _SEARCHES) * ceil(objects / _LISTED),
            Item.DYNAMODB_READ: asked * _READS_OF_OBJECT,
        },
        prices,
    )


def _recorded(work: Cost) -> Mapping[Item, float]:
    asked = (line.quantity for line in work.lines if line.item in {Item.S3_PUT, Item.S3_GET})
    return {Item.CLOUDTRAIL_EVENT: sum(asked)}


def _times(one: Cost, times: float, prices: Prices) -> Cost:
    return priced({line.item: line.quantity * times for line in one.lines}, prices)
