"""A call of one verb: on which lake, and with which voice."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from headwater.cli.voice import Voice
from headwater.errors import NoLake, UsageError

if TYPE_CHECKING:
    from headwater.lake import Lake

HERE = "HEADWATER_LAKE"
"""The environment's word for the lake that is meant where -C is not given."""


class ReaderGone(Exception):
    """Whoever read our stdout has enough: `| head`."""


@dataclass(slots=True)
class Session:
    """What the door has to know of a call that went wrong."""

    folder: Path | None = None
    as_json: bool = False
    opened: bool = False  # whether it had a lake open


@dataclass(frozen=True, slots=True)
class Call:
    """A call of one verb."""

    folder: Path
    voice: Voice

    @property
    def configuration(self) -> Path:
        """The headwater.yaml of the lake that is meant."""
        return configuration_of(self.folder)

    def open(self, *, patient: bool = False) -> Lake:
        """Open the lake; what that takes is imported only here. A person is not patient."""
        if not self.folder.exists():
            raise NoLake(
                f"{self.folder} is not there, so there is no lake in it",
                hint=f"headwater init {self.folder}",
            )
        from headwater.wiring import open_lake  # noqa: PLC0415 - engines take their time

        session = click.get_current_context().find_object(Session)
        if session is not None:
            session.opened = True
        return open_lake(self.folder, patient=patient)


def verb(function: Callable[..., int]) -> Callable[..., int]:
    """Give a verb what every one of them takes, and hand it on as a Call."""

    @wraps(function)
    def body(*, folder: Path | None, as_json: bool, **words: Any) -> int:
        context = click.get_current_context()
        outer = context.meta.get("headwater", {})
        chosen = folder or outer.get("folder") or Path(os.environ.get(HERE) or ".")
        loud = as_json or bool(outer.get("as_json"))
        session = context.find_object(Session)
        if session is not None:
            session.folder, session.as_json = chosen, loud
        context.meta["headwater"] = {"folder": chosen, "as_json": loud}
        _require_text(words)
        try:
            return function(Call(chosen, Voice(as_json=loud)), **words)
        except BrokenPipeError as gone:  # click would end the process, and call it a failure
            raise ReaderGone from gone

    with_json = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
    with_folder = click.option(
        "-C",
        "folder",
        metavar="DIR",
        type=click.Path(path_type=Path),
        help=f"The lake: its folder, or its headwater.yaml.  [default: ${HERE}, or here]",
    )
    return with_json(with_folder(body))


def _require_text(words: Mapping[str, Any]) -> None:
    """Refuse bytes that are no text where a name or SQL is expected; a path may have them."""
    for name, word in words.items():
        for each in word if isinstance(word, tuple) else (word,):
            if not isinstance(each, str):
                continue
            shown = os.fsencode(each).decode(errors="backslashreplace")
            if shown != each:
                raise UsageError(
                    f"{name.rstrip('_').upper()} is not UTF-8 text: {shown}",
                    hint="write it in a terminal whose locale is UTF-8",
                )


def configuration_of(folder: Path) -> Path:
    """The headwater.yaml that is meant by a folder, or by its own name."""
    return folder / "headwater.yaml" if folder.is_dir() else folder
