"""Expressions over one row: read once, checked, and spelled for every engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from functools import cache

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokenizer_core import Token, TokenType

from headwater.model.types import SCALARS, parse_type
from headwater.shape.calls import calls
from headwater.shape.functions import AGGREGATES, FICKLE, Function, named

_INSTANTS = frozenset({"timestamp", "datetime"})
_OURS = "duckdb"  # whose spelling of SQL the language takes over
_MOST_NODES = 2_000
_MOST_DEPTH = 100
_SHOWN = 12
_SHAPE = (
    *(exp.Literal, exp.Boolean, exp.Null, exp.Column, exp.Identifier, exp.Paren, exp.Array),
    *(exp.And, exp.Or, exp.Not, exp.Neg, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod),
    *(exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Is, exp.NullSafeEQ, exp.NullSafeNEQ),
    *(exp.Between, exp.In, exp.Like, exp.ILike, exp.Escape, exp.DPipe, exp.Dot, exp.Bracket),
    *(exp.Case, exp.If, exp.Cast, exp.TryCast, exp.DataType, exp.DataTypeParam),
    *(exp.Interval, exp.Var, exp.Tuple, exp.JSONPath, exp.JSONPathPart),
)
_INSTEAD = (
    (exp.Query, "an expression sees one row and no table", "use the step `join` or `sql`"),
    (exp.Subquery, "an expression sees one row and no table", "use the step `join` or `sql`"),
    (exp.Window, "an expression sees one row, not those beside it", "use `dedupe` or `sql`"),
    (exp.AggFunc, "an expression sees one row, not a group", "use the step `aggregate`"),
    (exp.Star, "* stands for no value", "name the column"),
    (exp.Alias, "an expression has no name of its own", "write the name before it, as a key"),
    (exp.Placeholder, "nothing is put in for placeholders", "write the value"),
    (exp.Lambda, "functions are not made here", "use the step `explode` or `sql`"),
)

FICKLE_NODES = (
    *(exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp, exp.CurrentDatetime, exp.CurrentUser),
    *(exp.Localtime, exp.Localtimestamp, exp.Rand, exp.Uuid),
)
"""Values that are others each time."""


class Target(StrEnum):
    """Engines that expressions are spelled for."""

    DUCKDB = "duckdb"
    SPARK = "spark"
    ATHENA = "athena"


class Misread(ValueError):
    """An expression is wrong: what, what to do, and where in its text."""

    def __init__(self, what: str, hint: str, place: int | None = None) -> None:
        """Take what is wrong, what would be right, and the place from 0."""
        self.what = what
        self.hint = hint
        self.place = place
        super().__init__(what)


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression: its text, and the tree it was read into."""

    text: str
    tree: exp.Expr = field(compare=False, repr=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads, each once, as they are written."""
        names = (each.parts[0].name for each in self.tree.find_all(exp.Column))
        return tuple(dict.fromkeys(names))

    def placed(self, place: Callable[[str], str]) -> exp.Expr:
        """Its tree over an engine's columns; `place` tells which of them is meant."""

        def put(node: exp.Expr) -> exp.Expr:
            if not isinstance(node, exp.Column):
                return node
            first, *below = (part.name for part in node.parts)
            found: exp.Expr = exp.column(exp.to_identifier(place(first), quoted=True))
            for name in below:
                found = exp.Dot(this=found, expression=exp.to_identifier(name, quoted=True))
            return found

        return self.tree.copy().transform(put)

    def spell(self, target: Target, place: Callable[[str], str]) -> str:
        """Its SQL for an engine."""
        return self.placed(place).sql(dialect=target.value)


def read_expression(text: str) -> Expression:
    """Read one expression; Misread says what is wrong with it, where, and what would be right."""
    return _read(text, {})


def read_aggregate(text: str) -> Expression:
    """Read an expression over a group: every column in it is inside an aggregate."""
    found = _read(text, AGGREGATES)
    kinds = _nodes_of(AGGREGATES)
    for each in found.tree.find_all(exp.Column):
        if each.find_ancestor(*kinds) is None:
            name = each.parts[0].name
            what = f"{name} has many values in a group"
            raise Misread(what, f"write which is meant: max({name}), or group by it")
    return found


def _read(text: str, aggregates: Mapping[str, Function]) -> Expression:
    dialect = Dialect.get_or_raise(_OURS)
    tokens = tokens_of(dialect, text)
    require_calls(tokens, aggregates)
    trees = parsed(dialect, _instants(tokens), text)
    if len(trees) != 1 or trees[0] is None:
        raise Misread("it is not one expression", "leave out the semicolon")
    tree = trees[0]
    _require_shape(tree, _nodes_of(aggregates) if aggregates else ())
    return Expression(text, tree)


def _instants(tokens: list[Token]) -> list[Token]:
    """What is cast to a timestamp is an instant, as in `schema`; DuckDB's word for it is another.

    A time that is written out, as in timestamp '2026-03-01', is one that DuckDB compares itself.
    """
    behind = [*tokens[1:], None]
    return [
        _renamed(token)
        if token.text.lower() in _INSTANTS
        and token.token_type is TokenType.TIMESTAMPNTZ
        and (after is None or after.token_type is not TokenType.STRING)
        else token
        for token, after in zip(tokens, behind, strict=True)
    ]


def _renamed(token: Token) -> Token:
    place = (token.line, token.col, token.start, token.end)
    return Token(TokenType.TIMESTAMPTZ, token.text, *place, token.comments)


def find_column(name: str, known: Sequence[str]) -> str:
    """The column of that name, whatever its case; Misread names the nearest."""
    folded = name.lower()
    for each in known:
        if each.lower() == folded:
            return each
    near = get_close_matches(folded, [each.lower() for each in known], 1)
    meant = next((each for each in known if near and each.lower() == near[0]), None)
    listed = ", ".join(known[:_SHOWN]) + (", ..." if len(known) > _SHOWN else "")
    hint = f"did you mean {meant}?" if meant else f"the columns are {listed or 'none'}"
    raise Misread(f"there is no column {name!r}", hint)


def require_calls(tokens: Sequence[Token], more: Mapping[str, Function]) -> None:
    """Misread if a function is called that is not one of the language, nor one of more."""
    for call in calls(tokens):
        if call.name not in more:
            _require_function(call.name, call.arguments, call.place)


def tokens_of(dialect: Dialect, text: str) -> list[Token]:
    """The tokens of a text that has some."""
    try:
        tokens = dialect.tokenize(text)
    except TokenError:
        quote = "'" if text.count("'") % 2 else '"'
        raise Misread(
            f"a {quote} is not closed", f"close it, or double it inside: {quote * 2}"
        ) from None
    if not tokens:
        raise Misread("it is empty", "write an expression, such as amount * quantity")
    return tokens


def parsed(dialect: Dialect, tokens: list[Token], text: str) -> list[exp.Expr | None]:
    """The trees of the tokens of a text; Misread says where it cannot be read."""
    try:
        return list(dialect.parser().parse(tokens, text))
    except RecursionError:
        raise Misread("it is nested too deep", "divide it into several steps") from None
    except ParseError as error:
        raise _unreadable(tokens, text, error) from None


def _unreadable(tokens: list[Token], text: str, error: ParseError) -> Misread:
    opened = text.count("(") - text.count(")")
    if opened:
        missing, place = ("(", ")")[opened > 0], len(text) if opened > 0 else text.rfind(")")
        return Misread(
            f"a {missing} is missing",
            f"add it: {text.strip()}" if opened < 0 else "close every bracket",
            place,
        )
    found = error.errors[0] if error.errors else {}
    place = max(int(found.get("col") or 1) - len(str(found.get("highlight") or "")), 0)
    if place + len(str(found.get("highlight") or "")) >= len(text.rstrip()) and _is_open(
        tokens[-1]
    ):
        return Misread(f"it ends behind {tokens[-1].text!r}", "complete it", len(text))
    return Misread(
        f"it cannot be read at {str(found.get('highlight') or text)!r}",
        "look for an operator, a comma or a quote that is missing before it; "
        'a column whose name is no plain word goes in "double quotes"',
        place,
    )


def _is_open(token: Token) -> bool:
    return not (token.text.isidentifier() or token.text[:1].isalnum() or token.text in {")", "]"})


def _require_function(name: str, arguments: int, place: int) -> None:
    function = named().get(name)
    if function is None:
        if name in FICKLE:
            raise _fickle(f"{name}()", place)
        if name in _aggregates():
            what = f"{name}() is of a group, and an expression sees one row"
            raise Misread(what, "use the step `aggregate`", place)
        near = get_close_matches(name, named(), 1)
        hint = f"did you mean {near[0]}()?" if near else "the reference lists the functions"
        raise Misread(f"there is no function {name}()", hint, place)
    if arguments < function.least or (function.most is not None and arguments > function.most):
        raise Misread(
            f"{name}() takes {_expected(function)}, not {arguments}",
            f"write {name}({function.arguments}), such as {function.example}",
            place,
        )


def _fickle(name: str, place: int | None) -> Misread:
    return Misread(
        f"{name} is another value each time, and a replay must give the same rows",
        "use a column, or the partition arrival_date",
        place,
    )


def _expected(function: Function) -> str:
    if function.most is None:
        return f"{function.least} or more arguments"
    if function.least == function.most:
        return f"{function.least} argument{'s' if function.least != 1 else ''}"
    return f"{function.least} to {function.most} arguments"


@cache
def _aggregates() -> frozenset[str]:
    kinds = exp.AggFunc.__subclasses__()
    return frozenset(name.lower() for kind in kinds for name in kind.sql_names())


@cache
def _function_nodes() -> tuple[type[exp.Expr], ...]:
    """What the functions of the language are read into: what their examples are."""
    return _nodes_of(named())


def _nodes_of(functions: Mapping[str, Function]) -> tuple[type[exp.Expr], ...]:
    dialect = Dialect.get_or_raise(_OURS)
    trees = [dialect.parse(each.example)[0] for each in functions.values()]
    return tuple({type(node) for tree in trees if tree is not None for node in tree.walk()})


def _require_type(node: exp.DataType) -> None:
    written = node.sql(_OURS)
    try:
        kind = parse_type(written)
    except ValueError:
        kind = None
    if kind is None or kind.nested:
        raise Misread(
            f"{written} is no type to cast to", f"use one of {', '.join(sorted(SCALARS))}"
        )


def _require_shape(tree: exp.Expr, more: tuple[type[exp.Expr], ...]) -> None:
    for number, (node, depth) in enumerate(_walk(tree)):
        if isinstance(node, exp.Star) and isinstance(node.parent, exp.Count) and more:
            continue
        if number > _MOST_NODES or depth > _MOST_DEPTH:
            raise Misread("it is too long, or nested too deep", "divide it into several steps")
        for kind, what, hint in _INSTEAD:
            if isinstance(node, kind) and not isinstance(node, more):
                raise Misread(what, hint)
        if isinstance(node, exp.DataType):
            _require_type(node)
        elif isinstance(node, exp.Interval) and node.args.get("unit") is None:
            raise Misread("an interval has no unit", "write interval 1 day, hour, month")
        elif isinstance(node, FICKLE_NODES):
            raise _fickle(node.sql(_OURS).lower().removesuffix("()"), None)
        elif not isinstance(node, (*_SHAPE, *_function_nodes(), *more)):
            raise Misread(f"{node.sql(_OURS)!r} is not part of the language", "use the step `sql`")


def _walk(tree: exp.Expr) -> Iterator[tuple[exp.Expr, int]]:
    waiting = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        waiting += [(child, depth + 1) for child in node.iter_expressions()]
