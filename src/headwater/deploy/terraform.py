"""Terraform, as a program that is called in a folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from headwater.errors import HeadwaterError, UsageError

_PLAN = "lake.plan"
_PLAIN = ("-input=false", "-no-color")


@dataclass(frozen=True, slots=True)
class Planned:
    """What Terraform would do: the addresses of what it makes, changes and takes away."""

    create: tuple[str, ...]
    update: tuple[str, ...]
    delete: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Terraform:
    """Terraform in one folder, with variables in files beside the folder's own."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    var_files: tuple[Path, ...] = ()

    def plan(self, *, destroy: bool = False) -> Planned:
        """What it would take to have what is said; kept, for apply to do exactly that."""
        self._run("init", *_PLAIN)
        words = ["-destroy"] if destroy else []
        self._run("plan", *_PLAIN, f"-out={_PLAN}", *words, *self._variables())
        shown = json.loads(self._ask("show", "-json", _PLAN))
        changes = [
            (each["address"], each["change"]["actions"]) for each in shown["resource_changes"]
        ]
        of = {
            action: tuple(sorted(at for at, actions in changes if action in actions))
            for action in ("create", "update", "delete")
        }
        return Planned(**of)

    def apply(self) -> None:
        """Do what was planned last."""
        self._run("apply", *_PLAIN, "-parallelism=20", _PLAN)

    def outputs(self) -> dict[str, Any]:
        """What stands, as it tells of it."""
        told = json.loads(self._ask("output", "-json"))
        return {name: each["value"] for name, each in told.items()}

    def _variables(self) -> list[str]:
        return [f"-var-file={each}" for each in self.var_files]

    def _run(self, *words: str) -> None:
        """Let it talk to whoever watches: it takes minutes."""
        sys.stderr.flush()
        self._call(words, sys.stderr.fileno())

    def _ask(self, *words: str) -> str:
        return self._call(words, subprocess.PIPE).stdout

    def _call(self, words: tuple[str, ...], out: int) -> subprocess.CompletedProcess[str]:
        program = shutil.which("terraform")
        if program is None:
            raise UsageError(
                "terraform is not on the PATH, and it is what lays a lake down",
                hint="install Terraform 1.9 or newer",
            )
        done = subprocess.run(  # noqa: S603 - the program, and words of ours
            [program, *words],
            cwd=self.folder,
            env={**os.environ, "TF_IN_AUTOMATION": "1", **self.environment},
            stdout=out,
            text=True,
            check=False,
        )
        if done.returncode:
            raise HeadwaterError(
                f"terraform {words[0]} ended with {done.returncode}",
                hint="what it said above tells why; run it again: it goes on where it was",
            )
        return done
