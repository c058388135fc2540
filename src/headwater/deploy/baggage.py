"""What goes along with headwater.yaml: the files that it names, and the words that it takes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from headwater.config.beside import below
from headwater.config.document import read
from headwater.config.settings import Settings
from headwater.errors import UsageError
from headwater.wiring.distant import is_reference, reaches_far

_SOUNDS_SECRET = re.compile(
    r"(^|_)(TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|CREDENTIALS?)$", re.IGNORECASE
)
_SECRET_PLACES = frozenset({"webhook", "headers"})
"""Below notify, values that no message repeats, since they may hold secrets."""

_UNKNOWN_SECRET = "https://secret.invalid/"  # noqa: S105 - it stands for one, wherever one may stand


@dataclass(frozen=True, slots=True)
class Baggage:
    """What functions find beside headwater.yaml, and what they do without."""

    files: Mapping[str, Path]  # by their names below its folder
    words: Mapping[str, str]
    secrets: Mapping[str, str]  # their ARNs
    left: Sequence[str] = ()  # notifiers that tell from this machine alone

    def variables(self) -> dict[str, object]:
        """What Terraform is told of it."""
        files = {name: str(here) for name, here in self.files.items()}
        return {"files": files, "words": dict(self.words), "secrets": dict(self.secrets)}

    def told(self) -> dict[str, list[str]]:
        """What people are told of it: names, and no values."""
        return {
            "files": sorted(self.files),
            "words": sorted(self.words),
            "secrets": sorted(self.secrets),
            "left": list(self.left),
        }


def known_words() -> dict[str, str]:
    """The environment, as headwater.yaml is read for a look at it: of secrets, ARNs are known."""
    return {
        name: _UNKNOWN_SECRET if is_reference(value) else value
        for name, value in os.environ.items()
    }


def baggage_of(file: Path, rest: str, settings: Settings) -> Baggage:
    """What the rest of headwater.yaml takes; UsageError where something of it cannot be taken."""
    taken = read(rest, os.environ).words
    secrets = {name for name in taken if is_reference(os.environ.get(name, ""))}
    for name in sorted(set(taken) - secrets):
        _require_no_secret(file, name, taken[name])
    return Baggage(
        files=dict(_files(file, settings)),
        words={name: os.environ[name] for name in sorted(set(taken) - secrets)},
        secrets={name: os.environ[name] for name in sorted(secrets)},
        left=[each.name for each in settings.notify if not reaches_far(each)],
    )


def _files(file: Path, settings: Settings) -> Iterator[tuple[str, Path]]:
    for model in settings.models:
        if model.file is None:
            continue
        plain = below(model.file)
        if plain is None:
            raise UsageError(
                f"models.{model.name} of {file} is in {model.file}, and only what lies below "
                f"{file.parent} goes along with it",
                hint="put the file below that folder, such as models/daily.sql",
            )
        yield plain, settings.root / plain


def _require_no_secret(file: Path, name: str, places: Sequence[Sequence[str | int]]) -> None:
    secret = next((each for each in places if _is_secret(each)), None)
    if secret is None and not _SOUNDS_SECRET.search(name):
        return
    place = ".".join(map(str, secret or places[0]))
    raise UsageError(
        f"{file} takes ${{{name}}} from the environment for {place}, which is a secret, and it "
        f"would be readable in Terraform's state and in a bucket",
        hint=f"keep it in AWS Secrets Manager as a text, and set {name} to its ARN for deploy",
    )


def _is_secret(place: Sequence[str | int]) -> bool:
    return place[:1] == ("notify",) and bool(_SECRET_PLACES.intersection(map(str, place)))
