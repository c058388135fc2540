"""What errors tell a person to do is said in one form, everywhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "headwater"
CAPITAL = re.compile(r"[A-Z][a-z]")
SECOND_SENTENCE = re.compile(r"[.?!] [A-Z][a-z]")
PLACES = {"Wrong": 1, "Broken": 2, "Finding": 3, "Mistake": 3}
"""Where the hint stands among what is handed over without a name."""


def hints() -> Iterator[tuple[str, ast.expr]]:
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            where = f"{path.relative_to(SOURCE)}:{getattr(node, 'lineno', 0)}"
            yield from ((where, hint) for hint in hints_of(node))


def hints_of(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.keyword(arg="hint", value=hint):
            yield hint
        case ast.Assign(targets=[ast.Name(id=name)], value=hint) if "hint" in name.lower():
            yield hint
        case ast.Call(func=ast.Name(id=name), args=words) if len(words) > PLACES.get(name, 99):
            yield words[PLACES[name]]
        case ast.FunctionDef(name=name) if "hint" in name:
            for each in ast.walk(node):
                if isinstance(each, ast.Return) and each.value is not None:
                    yield each.value


def texts(hint: ast.expr) -> Iterator[str]:
    """What a hint may come to, as far as the source says it: `0` stands for what it does not."""
    if isinstance(hint, ast.Constant) and isinstance(hint.value, str):
        yield hint.value
    elif isinstance(hint, ast.JoinedStr):
        spelled = (each.value if isinstance(each, ast.Constant) else "0" for each in hint.values)
        yield "".join(map(str, spelled))
    elif isinstance(hint, ast.IfExp):
        yield from texts(hint.body)
        yield from texts(hint.orelse)
    elif isinstance(hint, ast.BoolOp):
        for each in hint.values:
            yield from texts(each)


def test_hints_are_found_in_every_room():
    rooms = {where.partition("/")[0] for where, hint in hints() if any(texts(hint))}

    assert {"adapters", "cli", "config", "flow", "look", "reading"} <= rooms


@pytest.mark.parametrize(
    ("where", "text"),
    [
        pytest.param(where, text, id=f"{where}-{number}")
        for where, hint in hints()
        for number, text in enumerate(texts(hint))
    ],
)
def test_a_hint_is_one_sentence_without_a_capital_or_a_full_stop(where, text):
    assert not CAPITAL.match(text), f"{where}: {text}"
    assert not text.endswith((".", "!")), f"{where}: {text}"
    assert not SECOND_SENTENCE.search(text), f"{where}: {text}"
