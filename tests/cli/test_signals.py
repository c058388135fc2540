import json
import os
import pty
import signal
import subprocess
from threading import Thread

import pytest

from tests.cli.calling import PROGRAM, environment, run, start, write_csv


def working(lake, tmp_path, *words):
    """A worker that is known to be at work: it has converted a file."""
    file = write_csv(tmp_path / "first.csv", 10)
    text = (lake / "headwater.yaml").read_text(encoding="utf-8")
    swift = text.replace("    format: csv\n", "    format: csv\n    batch: {age: 100ms}\n")
    (lake / "headwater.yaml").write_text(swift, encoding="utf-8")
    assert run("land", "sales", file, cwd=lake).code == 0
    worker = start("work", "--json", *words, cwd=lake)
    return worker, json.loads(worker.stdout.readline())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)], ids=["ctrl-c", "sigterm"]
)
def test_a_worker_without_end_writes_a_line_for_each_receipt_and_stops_when_told(
    lake, tmp_path, number, code
):
    worker, receipt = working(lake, tmp_path)

    worker.send_signal(number)
    _, err = worker.communicate(timeout=30)

    assert receipt["books"]["written"] == 10
    assert worker.returncode == code
    assert "Traceback" not in err


@pytest.mark.slow
def test_a_crew_ends_with_its_head(lake, tmp_path):
    head, _ = working(lake, tmp_path, "--workers", 2)
    listed = subprocess.run(
        ["ps", "--ppid", str(head.pid), "-o", "pid="], capture_output=True, text=True, check=False
    )
    crew = [int(pid) for pid in listed.stdout.split()]

    head.send_signal(signal.SIGINT)
    _, err = head.communicate(timeout=30)

    assert head.returncode == 130
    assert "Traceback" not in err
    assert len(crew) == 2
    assert not any(is_alive(pid) for pid in crew)


@pytest.mark.slow
def test_following_a_file_ends_when_another_process_has_settled_it(lake, tmp_path):
    worker, _ = working(lake, tmp_path)
    file = write_csv(tmp_path / "second.csv", 90, bad=10)

    ran = run("land", "sales", file, "--follow", "--json", cwd=lake)
    worker.terminate()
    worker.communicate(timeout=30)

    assert ran.code == 3, ran.err
    assert ran.document["receipts"][0]["books"]["counted"] == 100


def test_on_a_terminal_there_is_colour_unless_it_is_not_wanted(full):
    shown = on_terminal(full, TERM="xterm-256color")
    plain = on_terminal(full, TERM="xterm-256color", NO_COLOR="1")
    dumb = on_terminal(full, TERM="dumb")

    assert "\x1b[" in shown
    assert "✗" in shown
    assert "\x1b[3" not in plain
    assert "✗" in plain
    assert dumb.isascii()
    assert "\x1b" not in dumb


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def on_terminal(lake, **more):
    """What `headwater status` writes to a terminal."""
    head, tail = pty.openpty()
    seen = []

    def read():
        while True:
            try:
                block = os.read(head, 65536)
            except OSError:  # Linux: nobody has the other end open any more
                return
            if not block:
                return
            seen.append(block)

    reader = Thread(target=read)
    reader.start()
    try:
        subprocess.run(
            [*PROGRAM, "status"], cwd=lake, env=environment(**more), stdout=tail, stderr=tail,
            stdin=subprocess.DEVNULL, check=True,
        )  # fmt: skip
    finally:
        os.close(tail)
        reader.join(10)
        os.close(head)
    return b"".join(seen).decode()
