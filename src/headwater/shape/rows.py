"""Rows on their way through the steps: which columns they have, and the query that gives them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlglot import exp

from headwater.model.types import Type
from headwater.shape.expression import Misread, find_column, read_expression
from headwater.shape.fragment import sql
from headwater.shape.table import PROVENANCE

NUMBER = "_n"
"""Which record of its file a row is; there where the order of rows, or a refused one, matters."""

FATE = "_fate"
"""How the row ended: the kind, the rule and the column, with BETWEEN between them; or null."""

WEIGHT = "_weight"
"""For how many rows that were read it stands: several for a group, none for a row made."""

_ELEMENT = "headwater element {}"  # no column of the user's can be called that
_ELEMENT_BITS = 32
_BELOW = "headwater below"  # with a name that a column may have, its fields would not be found
_MOST_PACKED = 2  # a number has 63 bits, and so many elements have room beside it

OWN = "."
"""What the table that the rows are for is called among the references, once it is there."""

REFUSED, FILTERED, DEDUPLICATED, AGGREGATED = "refused", "filtered", "deduplicated", "aggregated"
BETWEEN = "\x1f"
_TELLING = (NUMBER, FATE, WEIGHT)
_OURS = frozenset({PROVENANCE, *_TELLING})


@dataclass(frozen=True, slots=True)
class Counter:
    """A sequence that counts rows as they go by."""

    name: str
    counts: str  # filtered, warned, halted
    step: int  # or check


@dataclass(frozen=True, slots=True)
class Reference:
    """Another table that rows are looked up in; no two of its rows have the same key."""

    query: exp.Query
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """Rows that are asked for more than once, and so are made once and kept under a name."""

    name: str
    query: exp.Query


@dataclass(frozen=True, slots=True)
class Rows:
    """What a step is given, and what it gives."""

    query: exp.Query
    columns: tuple[str, ...]  # the user's
    telling: bool  # whether a row that ends goes on with its fate; or it is gone, or ends the query
    counters: tuple[Counter, ...] = ()
    cuts: tuple[Cut, ...] = ()  # rows that are kept on the way, each over those before it
    exploded: int = 0  # how often rows were made of elements: these share a number
    step: int = 1  # the number of the step that is next
    references: Mapping[str, Reference] = field(default_factory=dict)  # by table, or by file
    types: Mapping[str, Type] = field(default_factory=dict)  # of columns, as far as known

    @property
    def own(self) -> tuple[str, ...]:
        """Columns of ours that go along."""
        return (PROVENANCE, *_TELLING, *self.elements) if self.telling else (PROVENANCE,)

    @property
    def elements(self) -> tuple[str, ...]:
        """Columns that say of which element of its list a row was made, the first list first."""
        return tuple(_ELEMENT.format(n) for n in range(self.exploded))

    @property
    def order(self) -> exp.Expr:
        """What no two rows share, and what is less of the row that comes first."""
        names = (NUMBER, *self.elements)
        if self.exploded > _MOST_PACKED:
            packed = [
                exp.PropertyEQ(this=exp.to_identifier(each), expression=column(each))
                for each in names
            ]
            return exp.Struct(expressions=packed)
        order: exp.Expr = column(NUMBER)
        for each in self.elements:
            order = sql(
                f"CAST($order AS HUGEINT) * {1 << _ELEMENT_BITS} + $element",
                order=order,
                element=column(each),
            )
        return order

    @property
    def below(self) -> exp.Subquery:
        """These rows as something to select from; copied only where they are in a query already."""
        name = exp.to_identifier(_BELOW, quoted=True)
        return self.query.subquery(name, copy=self.query.parent is not None)

    def find(self, name: str) -> str:
        """The column of that name, whatever its case; Misread if there is none."""
        return find_column(name, self.columns)

    def has(self, name: str) -> bool:
        """Whether there is a column of that name, whatever its case."""
        return name.lower() in {each.lower() for each in self.columns}

    def tree(self, text: str) -> exp.Expr:
        """An expression over these columns."""
        return read_expression(text).placed(self.find)

    def select(self, values: Mapping[str, exp.Expr | None]) -> Rows:
        """These columns in this order: made as the tree says, or as they are."""
        _require_distinct(values)
        chosen = [
            column(name) if tree is None else exp.alias_(tree, name, quoted=True)
            for name, tree in values.items()
        ]
        query = selected(*columns(self.own), *chosen).from_(self.below, copy=False)
        moved = {name: self.types.get(_origin(name, tree)) for name, tree in values.items()}
        types = {name: kind for name, kind in moved.items() if kind is not None}
        return replace(self, query=query, columns=tuple(values), types=types)

    def typed(self, kinds: Mapping[str, Type]) -> Rows:
        """The same rows, where the types of some columns are known from here on."""
        return replace(self, types={**self.types, **kinds})

    def set(self, values: Mapping[str, exp.Expr]) -> Rows:
        """With these columns made: in their places where they are there, else at the end."""
        every: dict[str, exp.Expr | None] = dict.fromkeys(self.columns)
        there = {name.lower(): name for name in self.columns}
        for name, tree in values.items():
            every[there.get(name.lower(), name)] = tree
        return self.select(every)

    def attempt(self, rule: str, values: Mapping[str, exp.Expr]) -> Rows:
        """The same, where making a value may fail: such a row is refused."""
        if not self.telling:
            return self.set(values)
        # A list of one value tells a value that is null from one that cannot be made.
        tried = {
            f"_{n}": sql("TRY([$value])", value=tree) for n, tree in enumerate(values.values())
        }
        judged = self.set(tried).judge(
            {
                rule_of(rule, name): sql("$list IS NOT NULL", list=column(each))
                for each, name in zip(tried, values, strict=True)
            }
        )
        taken = {
            name: sql("list_extract($list, 1)", list=column(each))
            for each, name in zip(tried, values, strict=True)
        }
        return replace(judged, columns=self.columns).set(taken)

    def judge(self, rules: Mapping[str, exp.Expr]) -> Rows:
        """Each rule, by its name, must be true of a row, or it is refused by the first that is not.

        Where rows do not tell their fate, such a row ends the query.
        """
        if not self.telling:
            return self._require(rules)
        return self.end({fate_of(REFUSED, rule): tree for rule, tree in rules.items()})

    def keep(self, condition: exp.Expr, counts: str) -> Rows:
        """Rows of which the condition is true; the others end, or are counted as they go."""
        if self.telling:
            return self.end({fate_of(counts, rule_of(str(self.step), "")): condition})
        counter = Counter(f"{counts}_{self.step}", counts, self.step)
        where = counted(condition, counter)
        return replace(self, query=self._where(where), counters=(*self.counters, counter))

    def end(self, fates: Mapping[str, exp.Expr]) -> Rows:
        """Rows of which a condition is not true meet their fate, unless they have met one."""
        first: exp.Expr = exp.null()
        for fate, tree in reversed(list(fates.items())):
            first = sql(
                "CASE WHEN coalesce($holds, FALSE) THEN $next ELSE $fate END",
                holds=tree,
                next=first,
                fate=fate,
            )
        met = sql("coalesce($fate, $first)", fate=column(FATE), first=first)
        return self.own_set({FATE: met})

    def own_set(self, values: Mapping[str, exp.Expr]) -> Rows:
        """The same rows with columns of ours made anew."""
        own = [
            exp.alias_(values[name], name, quoted=True) if name in values else column(name)
            for name in self.own
        ]
        query = selected(*own, *columns(self.columns)).from_(self.below, copy=False)
        return replace(self, query=query)

    def cut(self) -> Rows:
        """The same rows, kept, so that they can be asked for several times."""
        cut = Cut(f"_cut_{len(self.cuts)}", self.query)
        kept = exp.to_table(cut.name, quoted=True)
        query = exp.select(*columns((*self.own, *self.columns))).from_(kept)
        return replace(self, query=query, cuts=(*self.cuts, cut))

    def note(self, condition: exp.Expr, counts: str) -> Rows:
        """All rows; those of which the condition is not true are counted, ended ones are not."""
        counter = Counter(f"{counts}_{self.step}", counts, self.step)
        seen = sql(
            "CASE WHEN $condition THEN TRUE ELSE nextval($name) > 0 END",
            condition=condition,
            name=counter.name,
        )
        if self.telling:
            seen = sql("$fate IS NOT NULL OR $seen", fate=column(FATE), seen=seen)
        return replace(self, query=self._where(seen), counters=(*self.counters, counter))

    def _where(self, condition: exp.Expr) -> exp.Query:
        query = selected(*columns((*self.own, *self.columns))).from_(self.below, copy=False)
        return query.where(condition, copy=False)

    def _require(self, rules: Mapping[str, exp.Expr]) -> Rows:
        guarded: exp.Expr = column(PROVENANCE)
        for rule, tree in rules.items():
            guarded = sql(
                "CASE WHEN coalesce($holds, FALSE) THEN $next ELSE error($rule) END",
                holds=tree,
                next=guarded,
                rule=f"flaw: {rule}",
            )
        others = columns((*self.own[1:], *self.columns))
        named = exp.alias_(guarded, PROVENANCE, quoted=True)
        return replace(self, query=selected(named, *others).from_(self.below, copy=False))


def selected(*chosen: exp.Expr) -> exp.Select:
    """A SELECT of trees that are in no other one: queries are deep, and copies take long."""
    return exp.select(*chosen, copy=False)


def column(name: str) -> exp.Column:
    """A column of the rows by its exact name."""
    return exp.column(exp.to_identifier(name, quoted=True))


def columns(names: Iterable[str]) -> list[exp.Column]:
    """Several columns of the rows."""
    return [column(name) for name in names]


def counted(condition: exp.Expr, counter: Counter) -> exp.Expr:
    """The condition; the sequence counts the rows of which it is not true.

    A sequence moves on for exactly the rows that its branch is reached for, on any number of
    threads, and costs next to nothing for the others.
    """
    return sql(
        "CASE WHEN $condition THEN TRUE ELSE nextval($name) < 0 END",
        condition=condition,
        name=counter.name,
    )


def is_among(keys: Sequence[str], other: Reference, theirs: Sequence[str]) -> exp.Expr:
    """Whether a row's keys are those of a row of another table."""
    names = [find_column(name, other.columns) for name in theirs]
    return is_among_rows(keys, exp.select(*columns(names)).from_(other.query.subquery("t")))


def is_among_rows(keys: Sequence[str], there: exp.Query) -> exp.Expr:
    """Whether a row's keys are those of a row of a query."""
    value: exp.Expr = column(keys[0])
    if len(keys) > 1:
        value = exp.Tuple(expressions=columns(keys))
    return exp.In(this=value, query=there.subquery())


def rule_of(rule: str, name: str) -> str:
    """How a fate tells the rule and the column."""
    return f"{rule}{BETWEEN}{name}"


def fate_of(kind: str, rule: str) -> str:
    """How a row ended, and by what."""
    return f"{kind}{BETWEEN}{rule}"


def _origin(name: str, tree: exp.Expr | None) -> str:
    """The column that is there as it was; no column's name for one that is made."""
    if tree is None:
        return name
    return tree.name if isinstance(tree, exp.Column) else ""


def _require_distinct(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        folded = name.lower()
        if folded in seen:
            raise Misread(f"there would be two columns {name!r}", "choose another name")
        if folded in _OURS:
            raise Misread(f"{name} is a name of Headwater's own", "choose another name")
        seen.add(folded)
