"""What headwater.yaml says of the lake that is to stand on AWS: its name, its region, its feeds."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from headwater.config.load import FILE, load
from headwater.config.settings import Settings
from headwater.deploy.baggage import Baggage, baggage_of, known_words
from headwater.errors import UsageError

PLACES = frozenset({"lake", "zones", "ledger", "queue", "catalog", "region"})
"""The keys that Terraform writes: only it knows what its buckets are called."""

_NAME = re.compile(r"[a-z][a-z0-9-]{1,30}[a-z0-9]")
_KEY = re.compile(r"(\w+)\s*:")
_REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")


@dataclass(frozen=True, slots=True)
class Intent:
    """A lake that is to stand."""

    name: str
    region: str
    rest: str  # of headwater.yaml, without places
    settings: Settings
    baggage: Baggage


def intent_of(place: Path, name: str | None = None) -> Intent:
    """Read headwater.yaml; UsageError where it says too little, or names places of another lake."""
    file = place / FILE if place.is_dir() else place
    settings = load(file, known_words())
    name = name or _named(settings)
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be the lake's name: buckets have 3 to 32 small letters, digits and "
            f"hyphens, and begin with a letter",
            hint="name it: headwater deploy --plan --name acme",
        )
    for zone, where in settings.zones.items():
        if not isinstance(where, Path) and not where.startswith(f"s3://{name}-{zone}-"):
            raise UsageError(
                f"{file} has the zone {zone} at {where}, which deploying {name} does not make",
                hint="leave lake and zones to it, or name the lake that this is: --name",
            )
    rest = without_places(file)
    baggage = baggage_of(file, rest, settings)
    return Intent(name, _region(settings), rest, settings, baggage)


def without_places(file: Path) -> str:
    """The text of headwater.yaml without the keys that say where things are."""
    text = file.read_text(encoding="utf-8-sig")
    rest = "".join(_lines(text))
    whole = yaml.safe_load(text) or {}
    if (yaml.safe_load(rest) or {}) != {key: whole[key] for key in whole if key not in PLACES}:
        raise UsageError(
            f"{file} cannot be told from its places: {', '.join(sorted(PLACES))}",
            hint="write each of them at the beginning of a line, with nothing but its own below it",
        )
    return rest


def _lines(text: str) -> Iterator[str]:
    place = False
    for line in text.splitlines(keepends=True):
        if line[:1].strip() and not line.startswith("#"):
            key = _KEY.match(line)
            place = key is not None and key.group(1) in PLACES
        if not place or line.startswith("#"):
            yield line


def _named(settings: Settings) -> str:
    if settings.ledger_url is not None:
        return settings.ledger_url.removeprefix("dynamodb://")
    return re.sub(r"[^a-z0-9]+", "-", settings.root.name.lower()).strip("-")


def _region(settings: Settings) -> str:
    region = settings.region or next(
        (os.environ[each] for each in _REGIONS if each in os.environ), ""
    )
    if not region:
        raise UsageError(
            "no region is named, and a lake on AWS stands in one",
            hint="write region: eu-central-1 into headwater.yaml, or set AWS_REGION",
        )
    return region
