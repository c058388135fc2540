"""Documentation is run: files are written, commands are typed, what they print is looked for."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    "README.md",
    "docs/tutorial.md",
    "docs/how-to/README.md",
    "docs/how-to/columns.md",
    "docs/how-to/costs.md",
    "docs/how-to/dialects.md",
    "docs/how-to/peek.md",
    "docs/how-to/sales.md",
    "docs/how-to/steps.md",
]
BLOCK = re.compile(r"^```(\S+)(?: file=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
REFUSED = 3


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_says_is_what_happens(page, tmp_path):
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = list(BLOCK.finditer(text))
    assert any(kind == "console" for kind, _, _ in (block.groups() for block in blocks))

    where = tmp_path
    for kind, name, body in (block.groups() for block in blocks):
        if name is not None:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body, encoding="utf-8")
        elif kind == "console":
            where = _type(body, tmp_path if "init" in body else where)
        elif kind == "python":
            _run([sys.executable, "-c", body], tmp_path)


def _type(session: str, folder: Path) -> Path:
    where = folder
    for command, expected in _commands(session):
        made = re.fullmatch(r"(.*) && cd (\S+)", command)
        ran = _run(["bash", "-c", made[1] if made else command], where)
        where = where / made[2] if made else where
        seen = re.sub(r"\s+", " ", ran)
        for line in expected:
            assert re.sub(r"\s+", " ", line.strip()) in seen, f"{command}:\n{ran}"
    return where


def _commands(session: str) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for line in session.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif line.strip():
            found[-1][1].append(line)
    return found


def _run(words: list[str], folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(folder), "LANG": "C.UTF-8", "COLUMNS": "200"}
    ran = subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode in {0, REFUSED}, f"{words}: {ran.stdout}{ran.stderr}"
    return ran.stdout + ran.stderr


def test_every_link_between_pages_leads_somewhere():
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_states_page_has_every_state():
    from headwater.model.arrival import ArrivalState
    from headwater.model.manifest import ManifestState

    text = (ROOT / "docs" / "states.md").read_text(encoding="utf-8")
    for state in (*ArrivalState, *ManifestState):
        assert f"| {state.value} |" in text


def test_glossary_has_the_words_of_the_model():
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").lower()
    for word in ("arrival", "manifest", "attempt", "part", "receipt", "snapshot", "feed", "zone"):
        assert f"| {word} |" in text
