"""A job in turns: of a bounded size each, or of one file each to find which the engine fails on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from headwater.errors import EngineDied, EngineError
from headwater.model.arrival import Cause
from headwater.model.change import Change, ChangeKind
from headwater.model.checks import together
from headwater.model.feed import BatchLimits
from headwater.model.ids import ArrivalId, AttemptId
from headwater.model.manner import gathered
from headwater.model.progress import Progress, Watch
from headwater.model.types import Schema, Widened
from headwater.ports.engine import Conversion, Engine, Fate, Input, InputResult, Job, Staging
from headwater.shape.single import is_apart

Turn = tuple[Input, ...]


def convert_singly(engine: Engine, job: Job, watch: Watch) -> Conversion:
    """Convert each file by itself; what they came to together.

    Where rows of one file decide about those of another, only who fails is found out so, and
    the others are converted together.
    """
    turns = _Turns(engine, job, watch, [(each,) for each in job.inputs], singly=True)
    singly = turns.convert()
    return singly if is_apart(job.feed) else turns.joined(singly)


def convert_in_turns(
    engine: Engine, job: Job, watch: Watch, limits: BatchLimits, staging: Staging | None = None
) -> Conversion:
    """Convert files in turns of a batch's size; at once where they are no more than that.

    Of what may be here of files that lie elsewhere a third is converted, while the next third
    comes and what was made of the one before goes.
    """
    if staging is not None:
        limits = replace(limits, size_bytes=min(limits.size_bytes, staging.most_bytes // 3))
    turns = list(turns_of(job.inputs, limits))
    if len(turns) <= 1:
        return engine.convert(job, watch)
    return _Turns(engine, job, watch, turns, staging=staging).convert()


def turns_of(inputs: Iterable[Input], limits: BatchLimits) -> Iterator[Turn]:
    """Files in turns of as many files and bytes as a batch may have."""
    turn: list[Input] = []
    size_bytes = 0
    for each in inputs:
        full = len(turn) >= limits.files or size_bytes + each.size_bytes > limits.size_bytes
        if turn and full:
            yield tuple(turn)
            turn, size_bytes = [], 0
        turn.append(each)
        size_bytes += each.size_bytes
    if turn:
        yield tuple(turn)


@dataclass(slots=True)
class _Turns:
    """A job under way."""

    engine: Engine
    job: Job
    watch: Watch
    turns: Sequence[Turn]
    singly: bool = False
    staging: Staging | None = None
    failed: dict[ArrivalId, InputResult] = field(default_factory=dict)
    wider: dict[str, Widened] = field(default_factory=dict)
    widened_by: dict[ArrivalId, tuple[Change, ...]] = field(default_factory=dict)
    found: Schema = field(default_factory=Schema)  # what is known where everything begins anew
    numbers: count[int] = field(default_factory=count)
    leaving: AttemptId | None = None  # whose parts are on their way

    def convert(self) -> Conversion:
        """Convert all; begin anew where a file makes columns wider that others have written."""
        try:
            while (whole := self._all()) is None:
                continue
        finally:  # nothing is done behind the back of an attempt that has failed
            self._let_go(None)
        results = tuple(self._told(result) for result in whole.results)
        wider = (each for each in self.wider.values() if self._is_tables(each.column))
        return replace(whole, results=results, widened=tuple(wider))

    def joined(self, singly: Conversion) -> Conversion:
        """All files but those that failed by themselves, converted as one batch."""
        inputs = tuple(each for each in self.job.inputs if each.arrival not in self.failed)
        if not inputs:
            return singly
        attempt = AttemptId(f"{self.job.attempt}i{next(self.numbers)}")
        whole = self.engine.convert(replace(self.job, inputs=inputs, attempt=attempt), self.watch)
        results = {each.arrival: each for each in whole.results} | self.failed
        return replace(
            whole,
            results=tuple(results[each.arrival] for each in self.job.inputs),
            engine=f"{whole.engine}, each file by itself before",
            cpu_seconds=singly.cpu_seconds + whole.cpu_seconds,
        )

    def _all(self) -> Conversion | None:
        schema = self.job.table_schema.widened(tuple(self.wider.values())).plus(self.found.columns)
        whole = Conversion(
            results=(),
            parts=(),
            schema=schema,
            refusals=(),
            engine="",
            source=self.job.source_schema,
        )
        for number, turn in enumerate(self.turns, 1):
            if self.staging is not None and number < len(self.turns):
                self.staging.expect(self.turns[number])
            one = self._one(turn, whole)
            if isinstance(one, InputResult):
                whole = replace(whole, results=(*whole.results, one))
                continue
            self._widen(one)
            if one.widened and whole.parts:
                self._remember(one)
                return None
            whole = self._both(whole, one)
        return whole

    def _one(self, turn: Turn, whole: Conversion) -> Conversion | InputResult:
        each = turn[0]
        if each.arrival in self.failed:
            return self.failed[each.arrival]
        single = replace(
            self.job,
            attempt=AttemptId(f"{self.job.attempt}i{next(self.numbers)}"),
            inputs=turn,
            table_schema=whole.schema,
            source_schema=whole.source,
            lingers=self.staging is not None,
        )
        try:
            made = self.engine.convert(single, self._watch(len(whole.results)))
        except EngineError as error:
            if not self.singly:
                raise
            self.failed[each.arrival] = _refused(each, error)
            return self.failed[each.arrival]
        self._let_go(single.attempt)
        return made

    def _let_go(self, attempt: AttemptId | None) -> None:
        """Await the parts of the turn before, while those of this one go."""
        before, self.leaving = self.leaving, attempt
        if self.staging is not None and before is not None:
            self.staging.await_parts(before)

    def _watch(self, files: int) -> Watch:
        """A watch that is told of the whole job, of which so many files are done."""
        done = sum(each.size_bytes for each in self.job.inputs[:files])

        def tell(progress: Progress) -> None:
            self.watch(
                replace(
                    progress,
                    done_bytes=done + progress.done_bytes,
                    total_bytes=sum(each.size_bytes for each in self.job.inputs),
                    total_files=len(self.job.inputs),
                    done_files=files + progress.done_files,
                    rows=0,
                )
            )

        return tell

    def _widen(self, one: Conversion) -> None:
        for each in one.widened:
            known = self.wider.get(each.column, each)
            self.wider[each.column] = replace(each, before=known.before)
        for result in one.results if one.widened else ():
            told = (
                each
                for each in result.changes
                if each.kind is ChangeKind.WIDENED and self._is_tables(each.column)
            )
            self.widened_by[result.arrival] = tuple(told)

    def _remember(self, one: Conversion) -> None:
        """Keep the types of columns that the table does not have, and which became wider here."""
        empty = not self.job.table_schema.columns
        self.found = Schema(
            tuple(c for c in one.schema.columns if empty or c.name in self.wider)
        ).without([each.name for each in self.job.table_schema.columns])

    def _is_tables(self, column: str) -> bool:
        return self.job.table_schema.find(column) is not None

    def _told(self, result: InputResult) -> InputResult:
        """The result, with what its file widened before everything was begun anew."""
        own = tuple(
            each
            for each in result.changes
            if each.kind is not ChangeKind.WIDENED or self._is_tables(each.column)
        )
        more = (each for each in self.widened_by.get(result.arrival, ()) if each not in own)
        return replace(result, changes=(*own, *more))

    def _both(self, whole: Conversion, one: Conversion) -> Conversion:
        how = "one file at a time" if self.singly else f"in {len(self.turns)} turns"
        return Conversion(
            results=whole.results + one.results,
            parts=whole.parts + one.parts,
            schema=one.schema,
            refusals=whole.refusals + one.refusals,
            engine=f"{one.engine}, {how}",
            notes=tuple(dict.fromkeys(whole.notes + one.notes)),
            manners=gathered(
                (each.first, each) for each in whole.manners + one.manners if each.first is not None
            ),
            source=one.source,
            checks=together(whole.checks, one.checks),
            cpu_seconds=whole.cpu_seconds + one.cpu_seconds,
        )


def _refused(each: Input, error: EngineError) -> InputResult:
    """The second failure on the same bytes: the file is refused whole."""
    message = error.message
    if isinstance(error, EngineDied):
        message = f"reading it ended the engine twice: {message}"
    return InputResult(each.arrival, Fate.REFUSED, cause=Cause(error.code, message))
