"""Documentation is run: files are written, commands are typed, what they print is looked for."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.blocks import blocks, run_python
from tests.reading.test_workbook import cell, row, text, write

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", "docs/tutorial.md"] + [
    str(page.relative_to(ROOT)) for page in sorted((ROOT / "docs" / "how-to").glob("*.md"))
]
REFUSED = 3


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_says_is_what_happens(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _put_workbook(tmp_path / "takings.xlsx")
    said = blocks(ROOT / page)
    assert {"console", "python"} & {block.kind for block in said}

    where, names = tmp_path, {}
    for block in said:
        if block.file is not None:
            path = tmp_path / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        elif block.kind == "console":
            where = _type(block.text, tmp_path if "init" in block.text else where)
        elif block.kind == "python":
            run_python(block, names)


def _put_workbook(path: Path) -> None:
    """The workbook of which docs/how-to/excel.md tells; on a page it cannot stand."""
    write(
        path,
        row(1, text("A1", "Takings of May")),
        row(3, text("A3", "day"), text("B3", "till"), text("C3", "amount")),
        row(4, text("A4", "2026-05-01"), text("B4", "01"), cell("C4", 19.9)),
        row(5, text("A5", "2026-05-02"), text("B5", "02"), cell("C5", 4.5)),
        sheets=("Sales", "Notes"),
    )


def _type(session: str, folder: Path) -> Path:
    where = folder
    for command, expected in _commands(session):
        gone = re.fullmatch(r"(?:(.*) && )?cd (\S+)", command)
        ran = _run(["bash", "-c", (gone[1] or "true") if gone else command], where)
        where = where / gone[2] if gone else where
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
