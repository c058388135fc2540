import os
import sys

import pytest

from bench.measure import last_words, measure

MEGABYTE = 1_000_000
HOLD = "import sys; x = bytearray(60_000_000); print('held', flush=True); sys.stdin.read()"
LOOKED_AT_SECONDS = 1.0


def run(folder, code, timeout_seconds=60.0):
    return measure([sys.executable, "-I", "-c", code], folder, timeout_seconds=timeout_seconds)


def test_memory_of_two_children_is_counted_together(tmp_path):
    code = (
        "import subprocess, sys, time;"
        "both = [subprocess.Popen("
        f"    [sys.executable, '-I', '-c', {HOLD!r}], stdin=subprocess.PIPE, stdout=subprocess.PIPE"
        ") for _ in range(2)];"
        "[child.stdout.readline() for child in both];"
        f"time.sleep({LOOKED_AT_SECONDS});"
        "[child.communicate() for child in both]"
    )

    took = run(tmp_path, code)

    assert took.peak_pss_bytes > 115 * MEGABYTE
    assert 60 * MEGABYTE < took.peak_rss_bytes < 100 * MEGABYTE


def test_processor_time_of_a_grandchild_is_counted(tmp_path):
    burn = "import time\nwhile time.process_time() < 0.3: pass"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-I', '-c', {burn!r}])"

    took = run(tmp_path, child)

    assert took.cpu_seconds > 0.3


def test_a_command_that_fails_keeps_its_exit_code_and_last_words(tmp_path):
    took = run(tmp_path, "import sys; sys.exit('the disk is full')")

    assert took.exit_code == 1
    assert last_words(tmp_path) == "the disk is full"


def test_a_command_past_its_time_is_ended_with_its_children(tmp_path):
    code = (
        "import subprocess, sys;"
        "child = subprocess.Popen([sys.executable, '-I', '-c', 'import time; time.sleep(600)']);"
        "print(child.pid, flush=True); child.wait()"
    )

    took = run(tmp_path, code, timeout_seconds=1.0)

    assert took.problem == "ended by us after 1 s"
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "stdout").read_text()), 0)


def test_the_harness_does_not_lend_its_python_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/somewhere")

    run(tmp_path, "import os; print('PYTHONPATH' in os.environ)")

    assert (tmp_path / "stdout").read_text().strip() == "False"
