"""A copy of infra/ to run Terraform in, with the provider from a mirror where one is found."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

INFRA = Path(__file__).parents[2] / "infra"
_PATIENCE_SECONDS = 420


@dataclass(frozen=True, slots=True)
class Stage:
    """A folder that Terraform works in."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(self, *words: str, fine: tuple[int, ...] = (0,)) -> str:
        """What it says on stdout; an exit code other than these is a failure of the test."""
        done = subprocess.run(
            ["terraform", *words],
            cwd=self.folder,
            env={**os.environ, "TF_IN_AUTOMATION": "1", **self.environment},
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
        assert done.returncode in fine, f"terraform {' '.join(words)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def give(self, **variables: Any) -> None:
        """Write the variables down."""
        text = json.dumps(variables)
        (self.folder / "terraform.tfvars.json").write_text(text, encoding="utf-8")


def require_terraform() -> None:
    """CI has to have it; who has it not elsewhere is told that nothing was proved."""
    if shutil.which("terraform") is None:
        said = "terraform is not on the PATH: nothing of infra/ was checked"
        if os.environ.get("CI") == "true":
            pytest.fail(said)
        pytest.skip(said)


def stage(folder: Path) -> Stage:
    """A copy of infra/ that can plan and apply."""
    require_terraform()
    work = folder / "infra"
    shutil.copytree(INFRA, work, ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*"))
    made = Stage(work, found_provider(folder))
    made.run("init", "-input=false", "-no-color", "-backend=false")
    return made


def empty_package(folder: Path) -> str:
    """The zip of functions, with next to nothing in it."""
    package = folder / "function.zip"
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("nothing.py", "")
    return str(package)


def found_provider(folder: Path) -> dict[str, str]:
    """The environment in which Terraform finds the provider."""
    return {"TF_CLI_CONFIG_FILE": str(_configuration(folder))}


def _configuration(folder: Path) -> Path:
    """Where the provider comes from: the mirror if there is one, else from where it always does."""
    mirror = _mirror()
    said = "" if mirror is None else f"filesystem_mirror {{ path = {json.dumps(str(mirror))} }}"
    file = folder / "terraform.rc"
    text = f"provider_installation {{ {said} }}\n" if said else ""
    file.write_text(text, encoding="utf-8")
    return file


def _mirror() -> Path | None:
    if named := os.environ.get("TF_PLUGIN_MIRROR"):
        return Path(named)
    program = Path(shutil.which("terraform") or "/").resolve()
    beside = (
        parent / name for parent in program.parents for name in ("tf-plugins", "opt/tf-plugins")
    )
    return next((each for each in beside if each.is_dir()), None)
