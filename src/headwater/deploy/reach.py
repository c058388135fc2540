"""Which modules from outside only those rooms of Headwater import that no function enters."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import headwater

HOME = Path(headwater.__file__).parent
INFRA = "infra"  # Terraform's, which an installed Headwater has beside its rooms
_ASIDE = ("cli", "emulator", "deploy")


def passed_by() -> frozenset[str]:
    """Their top names. Engines are entered by name, in processes of their own: so by room."""
    files = set(HOME.rglob("*.py"))
    aside = {each for each in files if each.relative_to(HOME).parts[0] in _ASIDE}
    return _outside(aside) - _outside(files - aside)


def _outside(files: Iterable[Path]) -> frozenset[str]:
    trees = (ast.parse(each.read_text(encoding="utf-8")) for each in files)
    return frozenset(name.partition(".")[0] for tree in trees for name in _imports(tree))


def _imports(tree: ast.AST) -> Iterator[str]:
    """What is imported anywhere in it, late or early."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
