"""What a person says about columns, against what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from headwater.errors import UsageError
from headwater.flow.schema import ColumnStanding, ColumnStory, Origin
from headwater.flow.undecided import NEW, Undecided
from headwater.model.decision import Decisions
from headwater.model.feed import Feed
from headwater.model.types import TEXT, Column, Type, decimal, parse_type

_WHOLE = {"smallint": 5, "int": 10, "bigint": 19}
"""Types of whole numbers, and the digits they may have."""

_OURS = frozenset({Origin.PARTITION, Origin.RESCUED, Origin.PROVENANCE})


def decide(
    feed: Feed,
    story: ColumnStory,
    *,
    accept: Sequence[str] = (),
    rename: Sequence[str] = (),
    refuse: Sequence[str] = (),
) -> Decisions:
    """Read `region` or `region=text`, `cust_id=customer_id`, and `fax`.

    UsageError where a column is nobody's, where it is decided already, or a type is none.
    """
    accepted = [_accepted(feed, story, words) for words in accept]
    names = [each.name for each in story.columns] + [each.name for each in accepted]
    decisions = Decisions(
        accepted=tuple(accepted),
        renamed=tuple(_renamed(feed, story, names, words) for words in rename),
        refused=tuple(_refused(feed, story, name) for name in refuse),
    )
    _require_once(decisions)
    return decisions


def _require_once(decisions: Decisions) -> None:
    said = [column.name for column in decisions.accepted]
    said += [name for name, _ in decisions.renamed]
    for at, name in enumerate([*said, *decisions.refused]):
        if name.lower() in {each.lower() for each in [*said, *decisions.refused][:at]}:
            raise UsageError(f"{name} is decided twice", hint="say one thing of it")


def _accepted(feed: Feed, story: ColumnStory, words: str) -> Column:
    name, kind = _name_and_type(story, words)
    waiting, standing = _waiting(story, name), _standing(story, name)
    known = (standing.name if standing else None) or (waiting.column if waiting else name)
    declared = feed.schema.find(name)
    if declared is not None:
        raise UsageError(
            f"--accept {words}: the schema of {feed.name} declares {declared.name} already, "
            f"as {declared.type}",
            hint="change its type in headwater.yaml",
        )
    _require_undecided(feed, name, f"--accept {words}")
    if standing is not None and standing.origin in _OURS:
        raise UsageError(
            f"--accept {words}: {known} is no column of files", hint="choose one that files bring"
        )
    if standing is not None and kind not in {None, parse_type(standing.type)}:
        raise UsageError(
            f"--accept {words}: the table has {known} as {standing.type}",
            hint=f"--accept {known} declares it as it is",
        )
    if standing is not None:
        return Column(known, parse_type(standing.type))
    if kind is None and waiting is None:
        raise UsageError(
            f"--accept {words}: no file has brought a column {name}",
            hint=_meant(name, [each.column for each in story.waiting if each.kind in NEW])
            or f"say what it will be: --accept {name}=text",
        )
    return Column(known, kind or _type_of(waiting))


def _name_and_type(story: ColumnStory, words: str) -> tuple[str, Type | None]:
    """A column's name may hold an = itself; a type holds none."""
    name, equals, kind = words.rpartition("=")
    if not equals or _waiting(story, words) or _standing(story, words):
        return words, None
    try:
        return name, parse_type(kind)
    except ValueError as error:
        raise UsageError(
            f"--accept {words}: {error}", hint=f"leave it out, or write {name}=text"
        ) from error


def _renamed(feed: Feed, story: ColumnStory, names: Sequence[str], words: str) -> tuple[str, str]:
    places = [at for at, letter in enumerate(words) if letter == "="]
    pairs = [(words[:at], words[at + 1 :]) for at in places]
    if not pairs:
        raise UsageError(
            f"--map {words} does not say which column it is",
            hint="write --map NAME=COLUMN: the name in files, and the column it is",
        )
    columns = {name.lower(): name for name in names}
    name, column = next((pair for pair in pairs if pair[1].lower() in columns), pairs[0])
    if column.lower() not in columns:
        raise UsageError(
            f"--map {words}: {feed.table} has no column {column}",
            hint=_meant(column, names) or f"the columns are {', '.join(names)}",
        )
    standing = _standing(story, column)
    if standing is not None and standing.origin in _OURS:
        raise UsageError(
            f"--map {words}: {standing.name} is no column of files",
            hint="choose one that files bring",
        )
    _require_undecided(feed, name, f"--map {words}")
    waiting = _waiting(story, name)
    return (waiting.column if waiting else name), columns[column.lower()]


def _refused(feed: Feed, story: ColumnStory, name: str) -> str:
    _require_undecided(feed, name, f"--refuse {name}")
    waiting = _waiting(story, name)
    return waiting.column if waiting else name


def _require_undecided(feed: Feed, name: str, said: str) -> None:
    for known, column in feed.rename:
        if known.lower() == name.lower():
            raise UsageError(
                f"{said}: {feed.name} renames {known} to {column} already",
                hint="change it in headwater.yaml",
            )
    if name.lower() in {each.lower() for each in feed.refuse}:
        raise UsageError(
            f"{said}: {feed.name} refuses {name} already", hint="change it in headwater.yaml"
        )


def _waiting(story: ColumnStory, name: str) -> Undecided | None:
    found = (each for each in story.waiting if each.column.lower() == name.lower())
    return next(found, None)


def _standing(story: ColumnStory, name: str) -> ColumnStanding | None:
    found = (each for each in story.columns if each.name.lower() == name.lower())
    return next(found, None)


def _type_of(waiting: Undecided | None) -> Type:
    """The narrowest type that holds all that was seen: whole numbers, decimals, else text."""
    seen = [parse_type(each) for each in waiting.types] if waiting else []
    if not seen:
        return TEXT
    if len(set(seen)) == 1:
        return seen[0]
    if all(each.kind in _WHOLE for each in seen):
        return max(seen, key=lambda each: _WHOLE[each.kind])
    if all(each.kind in {*_WHOLE, "decimal"} for each in seen):
        scale = max(each.scale for each in seen)
        whole = max(_WHOLE.get(each.kind, each.precision - each.scale) for each in seen)
        try:
            return decimal(whole + scale, scale)
        except ValueError:
            return TEXT
    return TEXT


def _meant(name: str, names: Sequence[str]) -> str | None:
    meant = get_close_matches(name, names, n=1)
    return f"did you mean {meant[0]}?" if meant else None
