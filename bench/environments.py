"""Environments of their own: one for each peer, one for Headwater built from this checkout."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
REQUIREMENTS = CHECKOUT / "bench" / "requirements"
STAMP = "requirements.sha256"
LIST_VERSIONS = (
    "import importlib.metadata as m, json;"
    "print(json.dumps({d.name.lower(): d.version for d in m.distributions()}))"
)


class NotReady(Exception):
    """An environment could not be made; the message is the tool's last words."""


class Environments:
    """A folder of environments, each made when first asked for and again when its lock changes."""

    def __init__(self, folder: Path) -> None:
        """Keep them below the folder."""
        self.folder = folder
        self._headwater: Path | None = None

    def peer(self, requirements: str) -> Path:
        """Give the interpreter of a peer's environment."""
        return self._synced(requirements, REQUIREMENTS / f"{requirements}.txt")

    def headwater(self) -> Path:
        """Give the interpreter of an environment with this checkout's wheel and nothing else."""
        if self._headwater is None:
            python = self._synced("headwater", CHECKOUT / "requirements" / "base.txt")
            with tempfile.TemporaryDirectory() as folder:
                wheel = _built(Path(folder))
                install = ["pip", "install", "--quiet", "--no-deps", "--reinstall"]
                _uv(*install, "--compile-bytecode", "--python", str(python), str(wheel))
            self._headwater = python
        return self._headwater

    def _synced(self, name: str, lock: Path) -> Path:
        folder = self.folder / name
        python = folder / "bin" / "python"
        wanted = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
        stamp = folder / STAMP
        if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
            return python
        self.folder.mkdir(parents=True, exist_ok=True)
        _uv("venv", "--quiet", "--clear", "--python", sys.executable, str(folder))
        sync = ["pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode"]
        _uv(*sync, "--python", str(python), str(lock))
        stamp.write_text(wanted, encoding="ascii")
        return python


def versions(python: Path) -> dict[str, str]:
    """List what an environment has installed."""
    listed = subprocess.run(
        [python, "-I", "-c", LIST_VERSIONS], check=True, capture_output=True, text=True
    )
    found: dict[str, str] = json.loads(listed.stdout)
    return found


def java() -> str | None:
    """Say which Java is on the path; None when there is none."""
    if not shutil.which("java"):
        return None
    told = subprocess.run(["java", "-version"], check=False, capture_output=True, text=True)
    return told.stderr.splitlines()[0] if told.returncode == 0 and told.stderr else None


def _built(folder: Path) -> Path:
    _checked(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    return next(folder.glob("*.whl"))


def _uv(*arguments: str) -> None:
    own = CHECKOUT / ".tools" / "uv" / "bin" / "uv"
    uv = shutil.which("uv") or (str(own) if own.is_file() else None)
    if uv is None:
        raise NotReady("uv is neither on PATH nor in .tools/uv: run `make bench`, which gets it")
    _checked(uv, *arguments)


def _checked(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=CHECKOUT)
    if done.returncode:
        raise NotReady("\n".join((done.stderr or done.stdout).splitlines()[-12:]))
