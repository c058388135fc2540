"""The suite for accounts runs through on a double, and nowhere unless it is asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from headwater.emulator.box import running
from tests.infra.stage import found_provider, require_terraform

ROOT = Path(__file__).parents[2]


def run(*words, **environment):
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "tests/cloud_smoke", *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=1500,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.xdist_group("terraform")
def test_it_runs_through_where_a_double_stands_for_the_account(tmp_path):
    require_terraform()
    with running() as box:
        environment = {**box.environment, **found_provider(tmp_path)}
        done = run("-m", "cloud_smoke", f"--basetemp={tmp_path / 'suite'}", **environment)

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-4000:]
    assert "4 passed" in done.stdout


@pytest.mark.parametrize("words", [(), ("-m", "not slow"), ("-m", "not cloud_smoke")])
def test_it_is_said_not_to_have_been_run_where_nobody_asks_for_it(words):
    done = run(*words)

    assert "passed" not in done.stdout
    assert "4 skipped" in done.stdout or "4 deselected" in done.stdout
