"""What checkov finds in infra/ is what the committed list explains: no more, and no less."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.infra.stage import INFRA

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("checkov")]

ROOT = INFRA.parent
_OFFLINE = {"CKV_SKIP_PACKAGE_UPDATE_CHECK": "true"}
_PATIENCE_SECONDS = 300
_CLEAN, _FOUND = 0, 1


@pytest.fixture(scope="module")
def explained() -> set[str]:
    """The checks that the list has a reason for."""
    return set(_configuration()["skip-check"])


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What it says where nothing is skipped."""
    configuration = _configuration()
    del configuration["skip-check"]
    file = tmp_path_factory.mktemp("checkov") / "checkov.yaml"
    file.write_text(yaml.safe_dump(configuration | {"output": ["json"]}), encoding="utf-8")
    done = subprocess.run(
        [_program(), "--config-file", str(file)],
        cwd=ROOT,
        env={**os.environ, **_OFFLINE},
        capture_output=True,
        text=True,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode in (_CLEAN, _FOUND), done.stderr
    return json.loads(done.stdout)


def test_all_of_it_was_read(report: dict[str, Any]):
    written = sum(
        line.startswith("resource ")
        for file in INFRA.rglob("*.tf")
        for line in file.read_text(encoding="utf-8").splitlines()
    )

    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["resource_count"] >= written > 50


def test_nothing_is_found_that_the_list_does_not_explain(
    report: dict[str, Any], explained: set[str]
):
    found = [
        f"{each['check_id']} {each['check_name']}: {each['resource']} in {each['file_path']}"
        for each in report["results"]["failed_checks"]
        if each["check_id"] not in explained
    ]

    assert not found, "\n".join(found)


def test_the_list_explains_nothing_that_is_no_longer_found(
    report: dict[str, Any], explained: set[str]
):
    found = {each["check_id"] for each in report["results"]["failed_checks"]}

    assert explained - found == set()


def _configuration() -> dict[str, Any]:
    return yaml.safe_load((INFRA / "checkov.yaml").read_text(encoding="utf-8"))


def _program() -> str:
    """The one that `make` installs; CI has to have it, elsewhere it is said that it is not."""
    ours = Path(ROOT / ".tools" / "checkov" / "bin" / "checkov")
    found = str(ours) if ours.exists() else shutil.which("checkov")
    if found is None:
        said = "checkov is not here (make .tools/checkov/ready): it looked at nothing of infra/"
        if os.environ.get("CI") == "true":
            pytest.fail(said)
        pytest.skip(said)
    return found
