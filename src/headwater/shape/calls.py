"""The calls of functions in an expression, found before anything is made of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlglot.tokenizer_core import Token, TokenType

_OPENING = frozenset({TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE})
_CLOSING = frozenset({TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE})
_NO_NAMES = frozenset({TokenType.STRING, TokenType.NUMBER, TokenType.IDENTIFIER})
_WORDS = frozenset(  # that may stand before a bracket and call nothing
    {
        "and",
        "between",
        "by",
        "case",
        "distinct",
        "else",
        "end",
        "escape",
        "from",
        "ilike",
        "in",
        "interval",
    }
    | {"is", "like", "not", "on", "or", "over", "then", "when"}
    | {"as", "exists", "filter", "having", "join", "select", "union", "using", "where", "all"}
)
_CASTS = frozenset({"cast", "try_cast"})
_TYPES = frozenset({"decimal", "numeric", "varchar", "char"})


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the name as it is written, how many arguments it is given, and where."""

    name: str
    arguments: int
    place: int  # of its first character, from 0


def calls(tokens: Sequence[Token]) -> Iterator[Call]:
    """Every call, in the order in which they begin."""
    for i, token in enumerate(tokens[:-1]):
        if tokens[i + 1].token_type is not TokenType.L_PAREN or token.token_type in _NO_NAMES:
            continue
        name = token.text.lower()
        if not name.isidentifier() or name in _WORDS | _CASTS | _TYPES:
            continue
        yield Call(name, _arguments(tokens[i + 1 :]), token.start)


def _arguments(tokens: Sequence[Token]) -> int:
    """How many arguments stand between a bracket and the one that closes it."""
    depth = commas = 0
    for i, token in enumerate(tokens):
        if token.token_type in _OPENING:
            depth += 1
        elif token.token_type in _CLOSING:
            depth -= 1
            if not depth:
                return commas + 1 if i > 1 else 0
        elif token.token_type is TokenType.COMMA and depth == 1:
            commas += 1
    return commas + 1
