"""The folder beside headwater.yaml that a lake is laid down from: Terraform's, and its state."""

from __future__ import annotations

import json
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headwater.config.load import FILE, HOME
from headwater.deploy import reach, wheel
from headwater.deploy.intent import Intent
from headwater.deploy.package import Package, build
from headwater.deploy.terraform import Terraform
from headwater.errors import UsageError
from headwater.machines.__main__ import write as write_machines
from headwater.wiring.visit import Answered, answers_of, declare_workflows

_FOLDER = "deploy"
_VARIABLES = "terraform.tfvars.json"
_REST = "feeds.yaml"
_MINE = ("*.tfstate*", ".terraform*", "*.tfvars*", "tests", "image")
_IN_THE_BOX = {"path_style": True, "encrypted_connections": False, "max_retries": 2}
"""What differs on an emulator: see docs/how-to/deploy.md."""

_OURS = {"machines", "packages", "jobs", "environment.json", FILE, _REST, _VARIABLES}
_MACHINES = {"aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a lake is to be laid down."""

    image: str | None = None  # in place of the package
    var_files: tuple[Path, ...] = ()
    endpoint: str | None = None  # where AWS is doubled


@dataclass(frozen=True, slots=True)
class Site:
    """The folder, and how Terraform is called in it."""

    folder: Path
    wanted: Wanted

    @property
    def terraform(self) -> Terraform:
        """Terraform in this folder."""
        endpoint = self.wanted.endpoint
        return Terraform(
            self.folder,
            {"AWS_ENDPOINT_URL": endpoint} if endpoint else {},
            tuple(each.resolve() for each in self.wanted.var_files),
        )

    @property
    def is_laid_out(self) -> bool:
        """Whether anything was planned from here."""
        return (self.folder / _VARIABLES).exists()

    def lay_out(self, intent: Intent) -> Package | None:
        """Write what Terraform reads; the package that was made, where no image is wanted.

        What lies there and is not ours stays: its state, and a backend that somebody wrote.
        """
        shutil.copytree(
            infra(), self.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*_MINE)
        )
        write_machines(self.folder / "machines")
        self._bring(intent.baggage.files)
        (self.folder / _REST).write_text(intent.rest, encoding="utf-8")
        package = self._packed() if self.wanted.image is None else None
        document = json.dumps(self._variables(intent, package), indent=2) + "\n"
        (self.folder / _VARIABLES).write_text(document, encoding="utf-8")
        return package

    def write_configuration(self, places: Mapping[str, Any]) -> Path:
        """Write the headwater.yaml of what stands, for work on it from this machine; its path."""
        file = self.folder / FILE
        file.write_text(places["headwater_yaml"], encoding="utf-8")
        return file

    def declare(self, intent: Intent, places: Mapping[str, Any]) -> None:
        """Write down which files have which workflow."""
        declare_workflows(intent.settings.feeds, places, places["region"], self.wanted.endpoint)

    def looked_at(self, places: Mapping[str, Any]) -> Iterator[Answered]:
        """Whether all that stands answers."""
        return answers_of(places, places["region"], self.wanted.endpoint)

    def _bring(self, files: Mapping[str, Path]) -> None:
        """Put what headwater.yaml names beside the one of what stands, too."""
        ours = _OURS.union(each.name for each in infra().iterdir())
        for name, here in files.items():
            if name.partition("/")[0] in ours:
                raise UsageError(
                    f"{here} would lie in the way of what deploy writes",
                    hint="put it into a folder such as models/",
                )
            there = self.folder / name
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(here, there)

    def _packed(self) -> Package:
        package = build(self.folder / "packages")
        for each in package.path.parent.glob("*.zip"):
            if each != package.path:
                each.unlink()
        if self.wanted.endpoint is None:  # the box runs whatever runs here
            _require_fit(package)
        return package

    def _variables(self, intent: Intent, package: Package | None) -> dict[str, Any]:
        code: dict[str, Any] = {"image": self.wanted.image}
        if package is not None:
            code = {"package": str(package.path), "python": package.python}
        return {
            "name": intent.name,
            "region": intent.region,
            "configuration": str(self.folder / _REST),
            "architecture": _MACHINES.get(platform.machine().lower(), "x86_64"),
            **code,
            "library": str(wheel.build(self.folder / "packages")),
            **intent.baggage.variables(),
            **(_IN_THE_BOX if self.wanted.endpoint else {}),
        }


def site_of(root: Path, wanted: Wanted) -> Site:
    """The site of the lake whose headwater.yaml lies there."""
    return Site(root / HOME / _FOLDER, wanted)


def infra() -> Path:
    """The Terraform that came with this program."""
    for each in (reach.HOME / reach.INFRA, reach.HOME.parents[1] / reach.INFRA):
        if (each / "main.tf").is_file():
            return each
    raise UsageError(
        f"{reach.HOME} has no Terraform in it: parts of Headwater were left out, or removed",
        hint="install Headwater again, or run this where infra/ lies beside src/",
    )


def _require_fit(package: Package) -> None:
    why: Sequence[str] = package.too_new
    if sys.platform == "linux" and not why:
        return
    what = f"{', '.join(why)} need a newer glibc than is there" if why else "it is not Linux's"
    raise UsageError(
        f"a package made here with Python {package.python} would not start on AWS: {what}",
        hint="run this on Linux with Python 3.12 or newer, or name an image with --image",
    )
