"""What Terraform itself says of infra/, and the tests that are written in its language."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.infra.stage import INFRA, Stage, require_terraform

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("terraform")]


def test_files_are_written_as_terraform_writes_them():
    require_terraform()

    done = subprocess.run(
        ["terraform", f"-chdir={INFRA}", "fmt", "-check", "-recursive", "-diff"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


def test_the_configuration_is_valid(infra: Stage):
    infra.run("validate", "-no-color", "-no-tests")


def test_its_own_tests_pass(infra: Stage):
    said = infra.run("test", "-no-color")

    passed = re.search(r"Success! (\d+) passed, 0 failed", said)
    assert passed is not None, said
    assert int(passed.group(1)) >= 9
