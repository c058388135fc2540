"""A text of YAML, and the places in it where something may be added."""

from __future__ import annotations

from collections.abc import Sequence

import yaml

from headwater.config.document import compose

STEP = 2
"""How far a block stands in where nothing tells."""


class YamlPage:
    """A text as its lines, and the tree of its nodes."""

    def __init__(self, text: str) -> None:
        self.root = compose(text)
        self._ending = "\r\n" if "\r\n" in text else "\n"
        self._lines = text.splitlines(keepends=True)
        if self._lines and not self._lines[-1].endswith(("\n", "\r")):
            self._lines[-1] += self._ending

    def with_lines(self, at: int, block: Sequence[str]) -> str:
        """The text with lines before the one of that number."""
        lines = [line + self._ending for line in block]
        return "".join([*self._lines[:at], *lines, *self._lines[at:]])

    def with_words(self, mark: yaml.Mark, words: str, *, back: int = 0) -> str:
        """The text with words at a mark, or so many letters before it."""
        lines = list(self._lines)
        column = mark.column - back
        lines[mark.line] = lines[mark.line][:column] + words + lines[mark.line][column:]
        return "".join(lines)

    def letters_before(self, mark: yaml.Mark) -> str:
        """What stands before a mark in its line."""
        return self._lines[mark.line][: mark.column]

    def clear(self, node: yaml.Node) -> None:
        """Take away the {} or null that a node is; a comment behind it stays."""
        start, end = node.start_mark, node.end_mark
        head = self._lines[start.line][: start.column].rstrip(" ")
        tail = self._lines[end.line][end.column :]
        if (start.line, start.column) != (end.line, end.column):
            self._lines[start.line : end.line + 1] = [head + tail]

    def behind(self, node: yaml.Node | None, margin: int) -> int:
        """The line behind the last one of a block.

        A parser says it ends where the next thing begins: blank lines, and comments that
        stand less far in, belong to what follows.
        """
        at = len(self._lines)
        if node is not None and node.end_mark.line < at:
            end = node.end_mark
            at = end.line + bool(self._lines[end.line][: end.column].strip())
        while at:
            line = self._lines[at - 1].strip()
            indented = len(self._lines[at - 1]) - len(self._lines[at - 1].lstrip(" "))
            if line and not (line.startswith("#") and indented < margin):
                break
            at -= 1
        return at


def pair_in(node: yaml.Node | None, name: str) -> tuple[yaml.Node, yaml.Node] | None:
    """The key of that name in a mapping, and what is behind it."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((pair for pair in pairs if pair[0].value == name), None)


def in_braces(node: yaml.Node | None) -> bool:
    """Whether it is written in { } or [ ]."""
    return bool(getattr(node, "flow_style", False))
