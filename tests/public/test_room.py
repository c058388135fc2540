"""Folders for what is read go with whoever needs them, and with nobody else."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from headwater.room import Room, sweep

HOUR = 3600.0
HOLD = "from headwater.room import Room; room = Room(); print(room.path, flush=True); input()"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder for temporary files."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def other(folder):
    """Another process that holds a room until it is ended."""
    words = [sys.executable, "-c", HOLD]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip()
        yield process
        process.kill()


def test_a_room_goes_at_the_end_of_with(folder):
    with Room() as path:
        (path / "part").write_text("x", encoding="utf-8")

    assert list(folder.iterdir()) == []


def test_the_room_of_a_killed_process_is_swept_once_it_is_old(folder, other):
    other.send_signal(signal.SIGKILL)
    other.wait()

    assert sweep(folder, time.time() + HOUR / 2) == 0
    assert sweep(folder, time.time() + 2 * HOUR) == 1
    assert list(folder.iterdir()) == []


def test_the_room_of_a_process_that_lives_is_kept_however_old(folder, other):
    assert sweep(folder, time.time() + 1000 * HOUR) == 0
    assert len(list(folder.iterdir())) == 1


def test_a_process_that_is_forked_takes_no_room_away_at_its_end():
    code = (
        "import os; from headwater.room import Room; room = Room()\n"
        "child = os.fork()\n"
        "if child: os.waitpid(child, 0); print(room.path.exists())\n"
    )

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "True"


def test_what_is_no_room_is_left_alone(folder):
    (folder / "headwater-room-file").touch()
    (folder / "headwater-room-mine").mkdir()
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".held").touch()
    (folder / "headwater-room-link").symlink_to(elsewhere)

    assert sweep(folder, time.time() + 2 * HOUR) == 0
    assert len(list(folder.iterdir())) == 4
    assert (elsewhere / ".held").exists()
