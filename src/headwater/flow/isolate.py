"""One job a file: so that the file that the engine fails on is known, and the others go on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import count

from headwater.errors import EngineDied, EngineError
from headwater.model.arrival import Cause
from headwater.model.change import Change, ChangeKind
from headwater.model.checks import together
from headwater.model.ids import ArrivalId, AttemptId
from headwater.model.manner import gathered
from headwater.model.progress import Watch
from headwater.model.types import Widened
from headwater.ports.engine import Conversion, Engine, Fate, Input, InputResult, Job
from headwater.shape.single import is_apart


def convert_singly(engine: Engine, job: Job, watch: Watch) -> Conversion:
    """Convert each file by itself; what they came to together.

    Where rows of one file decide about those of another, only who fails is found out so, and
    the others are converted together.
    """
    files = _Files(engine, job, watch)
    singly = files.convert()
    return singly if is_apart(job.feed) else files.joined(singly)


@dataclass(slots=True)
class _Files:
    """The files of a job under way."""

    engine: Engine
    job: Job
    watch: Watch
    failed: dict[ArrivalId, InputResult] = field(default_factory=dict)
    wider: dict[str, Widened] = field(default_factory=dict)
    widened_by: dict[ArrivalId, tuple[Change, ...]] = field(default_factory=dict)
    numbers: count[int] = field(default_factory=count)

    def convert(self) -> Conversion:
        """Convert all; begin anew where a file makes columns wider that others have written."""
        while (whole := self._all()) is None:
            continue
        results = tuple(self._told(result) for result in whole.results)
        return replace(whole, results=results, widened=tuple(self.wider.values()))

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
        schema = self.job.table_schema.widened(tuple(self.wider.values()))
        whole = Conversion(
            results=(),
            parts=(),
            schema=schema,
            refusals=(),
            engine="",
            source=self.job.source_schema,
        )
        for each in self.job.inputs:
            one = self._one(each, whole)
            if isinstance(one, InputResult):
                whole = replace(whole, results=(*whole.results, one))
                continue
            self._widen(one)
            if one.widened and whole.parts:
                return None
            whole = _both(whole, one)
        return whole

    def _one(self, each: Input, whole: Conversion) -> Conversion | InputResult:
        if each.arrival in self.failed:
            return self.failed[each.arrival]
        single = replace(
            self.job,
            attempt=AttemptId(f"{self.job.attempt}i{next(self.numbers)}"),
            inputs=(each,),
            table_schema=whole.schema,
            source_schema=whole.source,
        )
        try:
            return self.engine.convert(single, self.watch)
        except EngineError as error:
            self.failed[each.arrival] = _refused(each, error)
            return self.failed[each.arrival]

    def _widen(self, one: Conversion) -> None:
        for each in one.widened:
            known = self.wider.get(each.column, each)
            self.wider[each.column] = replace(each, before=known.before)
        for result in one.results if one.widened else ():
            told = (each for each in result.changes if each.kind is ChangeKind.WIDENED)
            self.widened_by[result.arrival] = tuple(told)

    def _told(self, result: InputResult) -> InputResult:
        """The result, with what its file widened before everything was begun anew."""
        told = self.widened_by.get(result.arrival, ())
        more = tuple(each for each in told if each not in result.changes)
        return replace(result, changes=result.changes + more) if more else result


def _both(whole: Conversion, one: Conversion) -> Conversion:
    return Conversion(
        results=whole.results + one.results,
        parts=whole.parts + one.parts,
        schema=one.schema,
        refusals=whole.refusals + one.refusals,
        engine=f"{one.engine}, one file at a time",
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
