"""The types that a user's code sees are there, and are what the reference says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import headwater

SAMPLE = Path(__file__).with_name("sample.py")


def check(path):
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(path)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_typed_code_that_uses_every_verb_passes_the_strictest_check():
    checked = check(SAMPLE)

    assert checked.stdout == ""
    assert checked.returncode == 0


@pytest.mark.slow
def test_a_mistake_in_typed_code_is_found(tmp_path):
    wrong = tmp_path / "wrong.py"
    wrong.write_text("import headwater\nheadwater.open('.').land(7, how='copy')\n")

    said = check(wrong).stdout

    assert '"land" of "Lake" has incompatible type "int"' in said
    assert '"land" of "Lake" has incompatible type "str"; expected "How"' in said


def test_the_package_says_that_it_is_typed():
    assert (Path(headwater.__file__).parent / "py.typed").is_file()


def test_every_public_name_is_there():
    assert all(hasattr(headwater, name) for name in headwater.__all__)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'Pond'"):
        headwater.Pond  # noqa: B018 - looking is the test


def test_importing_the_package_imports_no_engine():
    code = (
        "import sys, headwater; "
        "assert not {'duckdb', 'deltalake', 'pydantic', 'apsw'} & set(sys.modules)"
    )

    subprocess.run([sys.executable, "-c", code], check=True)
