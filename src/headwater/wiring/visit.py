"""A lake as a function sees it: its configuration lies in the package or in a bucket."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from headwater.adapters.aws.executions import Executions
from headwater.adapters.aws.settings import AwsSettings
from headwater.adapters.aws.standing import Answered, answers
from headwater.adapters.aws.workflows import Workflows
from headwater.config.load import load
from headwater.config.settings import Settings
from headwater.lake import Lake
from headwater.model.feed import Feed
from headwater.wiring import CONFIGURATION, wire
from headwater.wiring.distant import settings_at

__all__ = ["Answered", "answers_of", "declare_workflows", "executions_of", "open_from"]


def open_from(place: str, home: Path | None = None) -> Lake:
    """Open the lake of a headwater.yaml in a folder, or at an s3:// URL.

    What a lake keeps on its machine goes home: a function may write below /tmp alone. Whoever
    laid the lake down has tried its stores, so that no function does.
    """
    home = home or Path(tempfile.gettempdir()) / "headwater"
    return wire(replace(_settings(place), home=home), laid_down=True)


def executions_of(machine: str) -> Executions:
    """The executions of the state machine with this ARN."""
    return Executions(machine)


def _settings(place: str) -> Settings:
    if not place.startswith("s3://"):
        where = Path(place)
        return load(where / CONFIGURATION if where.is_dir() else where)
    return settings_at(place)


def declare_workflows(
    feeds: Sequence[Feed], places: Mapping[str, Any], region: str, endpoint: str | None = None
) -> None:
    """Write down which files of a lake that was laid down have which workflow."""
    client = AwsSettings(region=region, endpoint=endpoint).client("dynamodb")
    Workflows(client, places["table"]).declare(feeds, places["machine"])


def answers_of(
    places: Mapping[str, Any], region: str, endpoint: str | None = None
) -> Iterator[Answered]:
    """What each resource of a lake says that was laid down."""
    return answers(places, AwsSettings(region=region, endpoint=endpoint))
