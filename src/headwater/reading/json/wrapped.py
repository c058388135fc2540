"""Records in a list that objects are wrapped around, as services answer: {"data": [...]}."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from headwater.reading.json.strictness import BLANK, shape_scan

_DEPTH = 4  # objects around the list
_NO_LETTER = re.compile(r"[\W_]+")
_BLANKS = re.compile(f"[{BLANK}]*")
_COLLECTION = ("type", "FeatureCollection")  # GeoJSON, whose features are its records
_WORDS_OF_LISTS = """
apiversion attribution columns context copyright count cursor error errors etag fields first
generated generatedat generator hasmore hasnext hasprevious header islast kind last lastpage
license limit link links maxscore message messages meta metadata more next nextcursor nextlink
nextpage nextpagetoken nexttoken numfound numfoundexact object odatacontext odatacount
odatanextlink offset ok page pageindex pageinfo pagenumber pages pagesize pagination paging perpage
prev previous previouspage prevpagetoken query requestid responseheader resultcount schema self
shards size skip start startindex status statuscode success timedout took total totalcount
totalitems totalpages totalrecords totalresults totalrows totalsize truncated url version warning
warnings
"""
_OF_LISTS = frozenset(_WORDS_OF_LISTS.split())
"""What stands beside lists and tells of them: how many there are, where the next ones are."""
_WORDS_AROUND = "answer body content d data embedded feed hits output payload reply response"
_AROUND_LISTS = frozenset([*_WORDS_AROUND.split(), "result", "results"])
"""What objects are called that hold a list and what tells of it."""


@dataclass(frozen=True, slots=True)
class Wrapped:
    """Where in its object the list is whose elements are the records."""

    path: tuple[str, ...]  # keys, from the outermost
    any_beside: bool = False  # whatever stands beside it is passed over

    @property
    def name(self) -> str:
        """The path as `row` spells it."""
        return "/".join(self.path)

    def passes(self, key: str) -> bool:
        """Whether what such a key has beside the list is nothing of a record's."""
        return self.any_beside or _bare(key) in _OF_LISTS


@dataclass(frozen=True, slots=True)
class ListFound:
    """A list in an object, or nothing where one may be, and the keys that stand beside its path."""

    path: tuple[str, ...]
    beside: tuple[str, ...]
    of_objects: bool
    is_empty: bool
    is_collection: bool = False  # by a standard that says so

    @property
    def name(self) -> str:
        """The path as `row` spells it."""
        return "/".join(self.path)

    @property
    def holds_records(self) -> bool:
        """Whether nothing beside it can be a record's own, of which the list is a part."""
        apart = self.is_collection or all(_bare(key) in _OF_LISTS for key in self.beside)
        around = not self.beside or all(_bare(key) in _AROUND_LISTS for key in self.path[:-1])
        return apart and around and (self.of_objects or self.is_empty)


def lists_in(text: str) -> tuple[ListFound, ...]:
    """The lists in the one object that a text begins with, as far as it goes; else none."""
    start = _behind_blanks(text, 0)
    if not text.startswith("{", start):
        return ()
    members, end = _members(text, start)
    if end >= 0 and _behind_blanks(text, end) < len(text):
        return ()  # objects that follow each other
    return tuple(_lists(members, (), ()))


def list_named(lists: Iterable[ListFound], row: str) -> ListFound | None:
    """The list of that path, or of a path that ends so."""
    return next((each for each in lists if f"/{each.name}".endswith(f"/{row}")), None)


def list_of_records(lists: Iterable[ListFound], columns: Iterable[str]) -> ListFound | None:
    """The list whose elements can only be the records.

    None where there are several, and where a table has a column of that name.
    """
    known = {column.casefold() for column in columns}
    apart = [each for each in lists if each.holds_records]
    found = [each for each in apart if each.of_objects] or apart
    if len(found) != 1 or found[0].path[0].casefold() in known:
        return None
    return found[0]


def _lists(
    members: dict[str, Any], path: tuple[str, ...], beside: tuple[str, ...]
) -> Iterator[ListFound]:
    is_collection = _COLLECTION in members.items()
    for key, value in members.items():
        others = (*beside, *(other for other in members if other != key))
        if value is None or isinstance(value, list):
            of_objects = isinstance(value, list) and isinstance(next(iter(value), None), dict)
            yield ListFound((*path, key), others, of_objects, value == [], is_collection)
        elif isinstance(value, dict) and len(path) + 1 < _DEPTH:
            yield from _lists(value, (*path, key), others)


def _bare(key: str) -> str:
    return _NO_LETTER.sub("", key).lower()


def _members(text: str, start: int) -> tuple[dict[str, Any], int]:
    """What the object that starts here has, and where it ends; -1 if it is cut or broken."""
    members = dict[str, Any]()
    place = _behind_blanks(text, start + 1)
    while not text.startswith("}", place):
        key, place = _value(text, place)
        place = _behind_blanks(text, place)
        if not isinstance(key, str) or not text.startswith(":", place):
            return members, -1
        first = _behind_blanks(text, place + 1)
        members[key], place = _value(text, first)
        if place == len(text):
            members[key] = _begun(text, first)
            return members, -1
        place = _behind_blanks(text, place)
        if text.startswith(",", place):
            place = _behind_blanks(text, place + 1)
        elif not text.startswith("}", place):
            return members, -1
    return members, place + 1


def _value(text: str, start: int) -> tuple[Any, int]:
    """The value that starts here, and where it ends: with the text, if it is cut or broken."""
    try:
        return shape_scan(text, start)
    except (ValueError, RecursionError):
        return None, len(text)


def _begun(text: str, start: int) -> Any:
    """As much of a value as tells what it is, of one that does not end in the text."""
    if text.startswith("{", start):
        return _members(text, start)[0]
    if not text.startswith("[", start):
        return None
    inside = _behind_blanks(text, start + 1)
    return [{}] if text.startswith("{", inside) else [None]


def _behind_blanks(text: str, start: int) -> int:
    blanks = _BLANKS.match(text, start)
    return blanks.end() if blanks else start
