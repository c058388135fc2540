"""The values of a document against the keys: what is right, and every mistake in the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from headwater.config.athena_keys import AthenaKeys
from headwater.config.batch_keys import BatchKeys, RetryKeys
from headwater.config.document import EMPTY, Document
from headwater.config.expect_keys import ControlKeys, ExpectKeys
from headwater.config.feed_keys import FeedKeys
from headwater.config.keyed import Keys
from headwater.config.lake_keys import LakeKeys
from headwater.config.mistakes import Mistake, Path, Wrong, line_of, nearest, show
from headwater.config.model_keys import ModelKeys
from headwater.config.notify_keys import NotifyKeys
from headwater.config.price_keys import BudgetKeys, PriceKeys
from headwater.config.zone_keys import ZoneKeys

_BELOW_FEED: dict[str, tuple[type[Keys], str]] = {
    "batch": (BatchKeys, "batch"),
    "retries": (RetryKeys, "retries"),
    "expect": (ExpectKeys, "expect"),
    "budget": (BudgetKeys, "budget"),
}
_FIXED: dict[Path, tuple[type[Keys], str]] = {
    (): (LakeKeys, "the file"),
    ("zones",): (ZoneKeys, "zones"),
    ("athena",): (AthenaKeys, "athena"),
    ("prices",): (PriceKeys, "prices"),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """The keys that are right, with defaults for those that are not, and what is wrong."""

    keys: LakeKeys
    mistakes: tuple[Mistake, ...]
    wrong: frozenset[Path] = field(default_factory=frozenset)  # the keys left out


def check(document: Document) -> Checked:
    """Check every value by itself; the rules between keys come after."""
    mistakes = list(document.mistakes)
    wrong = {_to_key(mistake.path) for mistake in mistakes if mistake.path}
    tree = document.tree
    if not isinstance(tree, dict):
        return Checked(LakeKeys(), tuple(mistakes or [_no_mapping(tree)]))
    for path in wrong:
        _leave_out(tree, path)
    try:
        return Checked(LakeKeys.model_validate(tree), tuple(mistakes), frozenset(wrong))
    except ValidationError as error:
        for details in error.errors(include_url=False):
            found = _mistake(details, document)
            mistakes.append(found)
            wrong.add(_to_key(found.path))
            _leave_out(tree, _to_key(found.path))
    return Checked(LakeKeys.model_validate(tree), tuple(mistakes), frozenset(wrong))


def keys_at(path: Path) -> tuple[type[Keys], str] | None:
    """The keys that a mapping at this path may have, and what to call it."""
    match path:
        case ("notify", _):
            return NotifyKeys, "a notifier"
        case ("feeds", _):
            return FeedKeys, "a feed"
        case ("models", _):
            return ModelKeys, "a model"
        case ("feeds", _, "expect", "control"):
            return ControlKeys, "control"
        case ("feeds", _, str(key)) if key in _BELOW_FEED:
            return _BELOW_FEED[key]
    return _FIXED.get(path)


def names_of(model: type[Keys]) -> list[str]:
    """Its keys as the user writes them."""
    return [info.alias or name for name, info in model.model_fields.items()]


def _no_mapping(tree: object) -> Mistake:
    hint = "write lake: and feeds:, or let `headwater init` write the file"
    if tree is EMPTY or tree is None:
        return Mistake(1, (), "the file says nothing", hint)
    kind = "a list" if isinstance(tree, list) else show(tree)
    return Mistake(1, (), f"keys are expected, not {kind}", hint)


def _mistake(details: ErrorDetails, document: Document) -> Mistake:
    written = tuple(step for step in details["loc"] if step != "[key]")
    error = details.get("ctx", {}).get("error")
    if isinstance(error, Wrong):
        written += error.below
    path, line = line_of(written, document.lines)
    what, hint = _words(details, path)
    return Mistake(line, path, what, hint)


def _words(details: ErrorDetails, path: Path) -> tuple[str, str | None]:
    value: Any = details["input"]
    match details["type"]:
        case "extra_forbidden":
            return "no such key", _known_keys(path)
        case "value_error":
            error = details.get("ctx", {}).get("error")
            return str(error), error.hint if isinstance(error, Wrong) else None
        case "model_type" | "model_attributes_type" | "dict_type":
            known = keys_at(path)
            names = f": {', '.join(names_of(known[0]))}" if known else ""
            return (
                f"keys are expected below it, not {_kind(value)}",
                f"write its keys in lines of their own, indented{names}",
            )
        case "list_type":
            return f"a list is expected, not {_kind(value)}", f"write [{_item(value)}]"
    return details["msg"], None


def _kind(value: object) -> str:
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else show(value)


def _item(value: object) -> str:
    return value if isinstance(value, str) else "first, second"


def _known_keys(path: Path) -> str | None:
    known = keys_at(path[:-1])
    if known is None:
        return None
    model, called = known
    key, names = str(path[-1]), names_of(model)
    meant = nearest(key, names)
    guess = f"did you mean {meant!r}? " if meant else _elsewhere(key, model)
    return f"{guess}keys of {called}: {', '.join(names)}"


def _elsewhere(key: str, model: type[Keys]) -> str:
    places: Iterable[tuple[type[Keys], str]] = (
        (FeedKeys, "a feed"),
        (ModelKeys, "a model"),
        (LakeKeys, "the file"),
        *_BELOW_FEED.values(),
    )
    for other, called in places:
        if other is not model and key in names_of(other):
            return f"it is a key of {called}; "
    return ""


def _to_key(path: Path) -> Path:
    """The way to the key that holds a place: neither positions in lists nor parts of a mode."""
    match path:
        case ("feeds", feed, "mode", *_):
            return ("feeds", feed, "mode")
    at = next((at for at, step in enumerate(path) if isinstance(step, int)), len(path))
    return path[:at]


def _leave_out(tree: dict[str, Any], path: Path) -> None:
    """Take a key away; one that is away already is no matter."""
    at: Any = tree
    for step in path[:-1]:
        at = at.get(step) if isinstance(at, dict) else None
    if isinstance(at, dict) and path:
        at.pop(path[-1], None)
