"""What shall go wrong in the box, as a user says it: `lost=0.2`, `kill_nth.convert=3`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from headwater.errors import UsageError

_SHARES = ("duplicate", "late", "lost", "reordered")
_OF_CALLS = ("throttle", "drop", "fail")
_NTH = ("throttle_nth", "drop_nth", "fail_nth", "kill_nth")
_SECONDS = "late_seconds"
_KNOWN = "duplicate late late_seconds lost reordered seed"
_SERVED = " ".join(f"{kind}.SERVICE" for kind in (*_OF_CALLS, *_NTH[:-1]))
_HINT = f"known are {_KNOWN} {_SERVED} kill_nth.FUNCTION"


@dataclass(frozen=True, slots=True)
class Plan:
    """What shall go wrong; a share is of 1, a call is named `service` or `service:Operation`."""

    duplicate: float = 0.0
    late: float = 0.0
    late_seconds: float = 30.0
    lost: float = 0.0
    reordered: float = 0.0
    throttle: Mapping[str, float] = field(default_factory=dict)
    drop: Mapping[str, float] = field(default_factory=dict)
    fail: Mapping[str, float] = field(default_factory=dict)
    throttle_nth: Mapping[str, float] = field(default_factory=dict)
    drop_nth: Mapping[str, float] = field(default_factory=dict)
    fail_nth: Mapping[str, float] = field(default_factory=dict)
    kill_nth: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0


def read_plan(words: Mapping[str, object]) -> Plan:
    """The plan that flat words make: `{"lost": 0.2, "throttle.s3": 0.1}`."""
    flat: dict[str, float] = {}
    named: dict[str, dict[str, float]] = {kind: {} for kind in (*_OF_CALLS, *_NTH)}
    seed = 0
    for key, value in words.items():
        number = _number(key, value)
        kind, _, name = key.partition(".")
        if key == "seed":
            seed = int(number)
        elif key in _SHARES or (kind in _OF_CALLS and name):
            (flat if key in _SHARES else named[kind])[name or key] = _share(key, number)
        elif key == _SECONDS:
            flat[key] = number
        elif kind in _NTH and name:
            named[kind][name] = number
        else:
            raise UsageError(f"the box knows no fault {key!r}", hint=_HINT)
    return Plan(**flat, **named, seed=seed)  # type: ignore[arg-type]


def read_words(words: Iterable[str]) -> dict[str, object]:
    """What a command line says: `key=value`, or the name of a JSON file that says it."""
    said: dict[str, object] = {}
    for word in words:
        key, equals, value = word.partition("=")
        said |= {key: value} if equals else _document(Path(word))
    return said


def _document(file: Path) -> dict[str, object]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as cause:
        raise UsageError(f"{file} holds no JSON document of faults", hint=_HINT) from cause
    if not isinstance(document, dict):
        raise UsageError(f"{file} is no JSON object of faults", hint=_HINT)
    return document


def _number(key: str, value: object) -> float:
    try:
        return float(str(value))
    except ValueError as cause:
        raise UsageError(f"{key} is no number: {value!r}", hint=_HINT) from cause


def _share(key: str, number: float) -> float:
    if not 0 <= number <= 1:
        raise UsageError(f"{key} is a share from 0 to 1, not {number:g}", hint=_HINT)
    return number
