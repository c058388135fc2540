"""The models of headwater.yaml: each by itself, and the graph that they make with the feeds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from headwater.config import sql
from headwater.config.beside import Beside
from headwater.config.kinds import Pages
from headwater.config.mistakes import nearest
from headwater.config.model_keys import ModelKeys
from headwater.config.rules import Broken, of_checks
from headwater.errors import QueryError
from headwater.model.checks import Exists
from headwater.model.curated import Mode, Model, ModelName
from headwater.model.feed import Feed
from headwater.model.ids import TableName

_INCREMENTAL = frozenset({"since"})
_MOST_BYTES = 1_000_000


@dataclass(slots=True)
class Modelled:
    """Models in the order in which they are built, and what is wrong with them."""

    models: list[Model] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)


def models_of(
    keys: Mapping[str, ModelKeys],
    feeds: Sequence[Feed],
    beside: Beside,
    unsure: Collection[str] = (),
) -> Modelled:
    """Every model with the tables that it reads; `unsure` are wrong by themselves."""
    made = Modelled()
    for name, each in keys.items():
        if name in unsure:
            continue
        try:
            made.models.append(_model(name, each, beside))
        except _Fault as fault:
            made.broken.append(fault.broken)
    writers = _writers(keys, feeds)
    made.broken += _doubled(keys, feeds)
    for model in made.models:
        made.broken += _unread(model, writers)
        made.broken += of_checks(("models", model.name, "checks"), model.checks)
    cycles = list(_cycles(made.models))
    made.broken += cycles
    if not cycles:
        made.models = _ordered(made.models)
    return made


class _Fault(Exception):
    """What is wrong with a model by itself."""

    def __init__(self, name: str, key: str, what: str, hint: str) -> None:
        self.broken = Broken(("models", name, key), what, hint)
        super().__init__(what)


def _model(name: str, keys: ModelKeys, beside: Beside) -> Model:
    text = _text(name, keys, beside)
    key = "sql" if keys.sql is not None else "file"
    try:
        reads = sql.reads(text)
    except QueryError as error:
        raise _Fault(name, key, error.message, error.hint or "") from error
    if not reads:
        raise _Fault(name, key, "it reads no table", "a model is a SELECT over tables of this lake")
    arrival = next((by for by in keys.partition if by.column is None), None)
    if arrival is not None:
        what = "a model's rows have no arrival date"
        raise _Fault(name, "partition", what, "partition by a column of the SELECT")
    model = Model(
        name=ModelName(name),
        table=TableName(keys.table or name),
        sql=text,
        reads=reads,
        refresh=keys.refresh,
        mode=keys.mode,
        partition=tuple(keys.partition),
        description=keys.description or "",
        file=keys.file,
        compression=keys.compression.value,
        wide=keys.parquet is Pages.WIDE,
        file_size_bytes=keys.file_size,
        checks=tuple(keys.checks),
    )
    return _in_pieces(model, keys, key) if keys.mode is Mode.INCREMENTAL else _whole(model, keys)


def _whole(model: Model, keys: ModelKeys) -> Model:
    for key in _INCREMENTAL & keys.model_fields_set:
        what = "it goes with mode: incremental, and this model is built whole"
        raise _Fault(model.name, key, what, "leave it out, or write mode: incremental")
    return model


def _in_pieces(model: Model, keys: ModelKeys, key: str) -> Model:
    if not model.partition:
        raise _Fault(
            model.name, "mode", "a model is built in pieces by partition, and it has none",
            "write partition: [column]",
        )  # fmt: skip
    if keys.since is None and len(model.reads) > 1:
        raise _Fault(
            model.name, "mode", f"it reads {', '.join(model.reads)}: changes of which one count?",
            f"write since: {model.reads[0]}; a new version of another builds it whole",
        )  # fmt: skip
    table = TableName(keys.since or model.reads[0])
    if table not in model.reads:
        hint = f"it reads {', '.join(model.reads)}"
        raise _Fault(model.name, "since", f"the SQL does not read {table}", hint)
    columns = dict.fromkeys(str(by.column) for by in model.partition)
    try:
        return replace(model, since=sql.since(model.sql, table, list(columns)))
    except QueryError as error:
        raise _Fault(model.name, key, error.message, error.hint or "") from error


def _text(name: str, keys: ModelKeys, beside: Beside) -> str:
    if (keys.sql is None) == (keys.file is None):
        given = "both sql and file are given" if keys.sql is not None else "it has no SQL"
        hint = "write sql: SELECT ..., or file: models/NAME.sql, one of them"
        raise _Fault(name, "sql", given, hint)
    if keys.sql is not None:
        return keys.sql
    try:
        body = beside(str(keys.file), _MOST_BYTES + 1)
        if len(body) > _MOST_BYTES:
            raise _Fault(name, "file", f"{keys.file} is larger than 1 MB", "is it a model's SQL?")
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"{keys.file} is not UTF-8 at byte {error.start + 1}"
        raise _Fault(name, "file", what, "save the file as UTF-8") from error
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", None) or str(error)).lower()
        raise _Fault(
            name, "file", f"{keys.file} cannot be read: {why}",
            "paths start from the folder of headwater.yaml",
        ) from error  # fmt: skip


def _writers(keys: Mapping[str, ModelKeys], feeds: Sequence[Feed]) -> set[str]:
    return {feed.table for feed in feeds} | {each.table or name for name, each in keys.items()}


def _doubled(keys: Mapping[str, ModelKeys], feeds: Sequence[Feed]) -> Iterator[Broken]:
    """A table has one writer, unless it is of feeds; and a model is no feed."""
    writers: dict[str, str] = {feed.table: f"feed {feed.name}" for feed in feeds}
    names = {feed.name for feed in feeds}
    for name, each in keys.items():
        if name in names:
            yield Broken(
                ("models", name), f"a feed is called {name} as well", "give the model another name"
            )
        table = each.table or name
        if table in writers:
            yield Broken(
                ("models", name, "table"),
                f"{writers[table]} writes table {table} already",
                "a model has a table of its own: write another name behind table:",
            )
        writers[table] = f"model {name}"


def _unread(model: Model, writers: Collection[str]) -> Iterator[Broken]:
    key = "file" if model.file else "sql"
    for table in model.reads:
        if table not in writers:
            meant = nearest(table, writers)
            there = f"tables that are written: {', '.join(sorted(writers))}"
            yield Broken(
                ("models", model.name, key),
                f"no feed and no model writes table {table}",
                f"did you mean {meant}? {there}" if meant else there,
            )
    for at, check in enumerate(model.checks):
        if isinstance(check.rule, Exists) and check.rule.table not in writers:
            yield Broken(
                ("models", model.name, "checks", at, "exists"),
                f"no feed and no model writes table {check.rule.table}",
                f"tables that are written: {', '.join(sorted(writers))}",
            )
    for table in model.refresh.after:
        if table not in model.reads:
            yield Broken(
                ("models", model.name, "refresh"),
                f"its SQL does not read {table}",
                f"it reads {', '.join(model.reads)}",
            )


def _cycles(models: Sequence[Model]) -> Iterator[Broken]:
    """Models that are made of themselves, each circle told once, in full."""
    by_table = {model.table: model for model in models}
    done: set[TableName] = set()
    for model in models:
        way: list[Model] = []
        yield from _circle(model, by_table, way, done)


def _circle(
    model: Model, by_table: Mapping[TableName, Model], way: list[Model], done: set[TableName]
) -> Iterator[Broken]:
    if model in way:
        names = [each.name for each in (*way[way.index(model) :], model)]
        yield Broken(
            ("models", model.name),
            f"it is made of itself: {' reads '.join(names)}",
            "take one of these tables out of the SQL of another",
        )
        return
    if model.table in done:
        return
    way.append(model)
    for table in model.reads:
        if table in by_table:
            yield from _circle(by_table[table], by_table, way, done)
    way.pop()
    done.add(model.table)


def _ordered(models: Sequence[Model]) -> list[Model]:
    """Each behind the models whose tables it reads; else as they are written."""
    by_table = {model.table: model for model in models}
    order: dict[TableName, Model] = {}

    def place(model: Model) -> None:
        if model.table in order:
            return
        for table in model.reads:
            if table in by_table:
                place(by_table[table])
        order[model.table] = model

    for model in models:
        place(model)
    return list(order.values())
