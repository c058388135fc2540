"""The text of headwater.yaml as plain values that remember their lines.

Plain scalars are read as YAML 1.2 and the editors read them: only true and
false are booleans, and every key is text, so that a column may be called
`no` or `1`. `${NAME}` in a value is the environment's; `$${` is a plain `${`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from headwater.config.mistakes import Mistake, Path, show
from headwater.config.syntax import character_mistake, syntax_mistake

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STANDARD = "tag:yaml.org,2002:"
_KNOWN_TAGS = frozenset({"str", "int", "float", "bool", "null", "timestamp", "merge", "value"})
_INTEGER = re.compile(r"[-+]?(0|[1-9]\d{0,29})", re.ASCII)
_DECIMAL = re.compile(r"[-+]?(0|[1-9]\d{0,29})?\.\d{1,30}", re.ASCII)
_VARIABLE = re.compile(r"\$\$\{|\$\{([^}]*)\}")
_DEEPEST = 30
_MOST_VALUES = 100_000  # aliases of aliases unfold to more than any memory


class Empty:
    """What `key:` with nothing behind it says; `key: null` says None."""

    def __repr__(self) -> str:
        return "nothing"


EMPTY = Empty()


@dataclass(slots=True)
class Document:
    """Plain values, the line of each, what is wrong with the text, and what it asks for."""

    tree: object = EMPTY
    lines: dict[Path, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    words: dict[str, list[Path]] = field(default_factory=dict)  # of the environment, and where


def read(text: str, environment: Mapping[str, str]) -> Document:
    """Read YAML text; every mistake is in the answer, none is raised."""
    document = Document()
    try:
        root = compose(text)
    except yaml.YAMLError as error:
        document.mistakes.append(syntax_mistake(error, text))
        return document
    except UnicodeEncodeError as error:
        document.mistakes.append(character_mistake(text, error.start))
        return document
    except RecursionError:
        document.mistakes.append(Mistake(1, (), "lists or mappings are nested too deep"))
        return document
    if root is not None:
        document.tree = _Unfolding(document, environment).value(root, ())
    return document


def compose(text: str) -> yaml.Node | None:
    """The tree of the text's nodes; None for a text that says nothing."""
    return yaml.compose(text, Loader=_LOADER)


class _Unfolding:
    """The walk from nodes to values."""

    def __init__(self, document: Document, environment: Mapping[str, str]) -> None:
        self._document = document
        self._environment = environment
        self._values = 0

    def value(self, node: yaml.Node, path: Path) -> object:
        line = node.start_mark.line + 1
        self._document.lines.setdefault(path, line)
        self._values += 1
        if len(path) > _DEEPEST or self._values > _MOST_VALUES:
            # An alias inside its own anchor comes by here as well.
            if not self._document.mistakes:
                self._wrong(line, path[:3], "lists or mappings are nested too deep, or too many")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            items: list[yaml.Node] = node.value
            return [self.value(item, (*path, at)) for at, item in enumerate(items)]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, object]:
        found: dict[str, object] = {}
        own: dict[str, int] = {}
        merged: list[yaml.Node] = []
        for key, child in node.value:
            line = key.start_mark.line + 1
            if key.tag == f"{_STANDARD}merge":
                merged.append(child)
            elif not isinstance(key, yaml.ScalarNode):
                self._wrong(line, path, "a list or a mapping stands where a key is expected")
            elif (name := str(key.value)) in own:
                what = f"the key is there twice, in lines {own[name]} and {line}"
                self._wrong(line, (*path, name), what, "keep one of them")
            else:
                own[name] = self._document.lines[*path, name] = line
                found[name] = self.value(child, (*path, name))
        for source in merged:
            self._merge(source, path, found)
        return found

    def _merge(self, source: yaml.Node, path: Path, found: dict[str, object]) -> None:
        """Take over keys of an anchored mapping that are not there already."""
        sources = source.value if isinstance(source, yaml.SequenceNode) else [source]
        for each in sources:
            if not isinstance(each, yaml.MappingNode) or len(path) > _DEEPEST:
                line = source.start_mark.line + 1
                self._wrong(line, path, "<< takes a mapping", "write <<: *name")
                continue
            for key, child in each.value:
                if isinstance(key, yaml.ScalarNode) and str(key.value) not in found:
                    name = str(key.value)
                    self._document.lines[*path, name] = key.start_mark.line + 1
                    found[name] = self.value(child, (*path, name))

    def _scalar(self, node: yaml.Node, path: Path) -> object:
        text = str(node.value)
        line = node.start_mark.line + 1
        kind = node.tag.removeprefix(_STANDARD)
        if kind not in _KNOWN_TAGS:
            self._wrong(line, path, f"the tag {show(node.tag)} means nothing here", "leave it out")
            return None
        if not text.isprintable() and any("\ud800" <= letter <= "\udfff" for letter in text):
            self._wrong(line, path, "half a character is in the value", "remove it")
            return None
        replaced = self._from_environment(text, line, path)
        quoted = getattr(node, "style", None) in {"'", '"', "|", ">"}
        if quoted or (kind == "str" and replaced == text and text):
            return replaced
        return _plain(replaced)

    def _from_environment(self, text: str, line: int, path: Path) -> str:
        def replace(match: re.Match[str]) -> str:
            name: str | None = match[1]
            if name is None:
                return "${"
            self._document.words.setdefault(name, []).append(path)
            if name not in self._environment:
                what = f"the environment variable {show(name)} is not set"
                self._wrong(line, path, what, f"export {name}=..., or write $${{ for a plain ${{")
            return self._environment.get(name, "")

        return _VARIABLE.sub(replace, text)

    def _wrong(self, line: int, path: Path, what: str, hint: str | None = None) -> None:
        self._document.mistakes.append(Mistake(line, path, what, hint))


def _plain(text: str) -> object:
    """What an unquoted scalar says; a figure that YAML 1.1 and 1.2 read differently stays text."""
    if not text:
        return EMPTY
    if text in {"~", "null", "Null", "NULL"}:
        return None
    if text.lower() in {"true", "false"}:
        return text.lower() == "true"
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text
