import json
import os
import pty
import signal
import subprocess
import time
from pathlib import Path
from threading import Thread

import pytest

from tests.cli.calling import PROGRAM, environment, run, start, write_csv

PATIENCE = 120  # seconds until a test gives up; none of them says how long it takes


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
    _, err = worker.communicate(timeout=PATIENCE)

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
    _, err = head.communicate(timeout=PATIENCE)

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
    worker.communicate(timeout=PATIENCE)

    assert ran.code == 3, ran.err
    assert ran.document["receipts"][0]["books"]["counted"] == 100


@pytest.mark.slow
def test_following_several_files_tells_of_each_whatever_became_of_it(lake, tmp_path):
    worker, _ = working(lake, tmp_path)
    good, empty = write_csv(tmp_path / "good.csv", 7), tmp_path / "empty.csv"
    empty.touch()

    ran = run("land", "sales", good, empty, "nowhere.csv", "--follow", "--json", cwd=lake)
    again = run("land", "sales", good, "--follow", cwd=lake)
    worker.terminate()
    worker.communicate(timeout=PATIENCE)

    assert ran.code == 3, ran.err
    assert [each["outcome"] for each in ran.document["landings"]] == ["landed", "landed", "refused"]
    assert [each["state"] for each in ran.document["arrivals"]] == ["completed", "quarantined"]
    assert again.code == 0
    assert "here already" in again.out


@pytest.mark.slow
def test_who_follows_and_has_enough_leaves_the_file_to_the_workers(lake, tmp_path):
    file = write_csv(tmp_path / "a.csv", 5)
    following = start("land", "sales", file, "--follow", cwd=lake)
    until(lambda: json.loads(run("status", "--json", cwd=lake).out)["feeds"][0]["arrivals"])

    following.send_signal(signal.SIGINT)
    _, err = following.communicate(timeout=15)
    worked = run("work", "--until-idle", "--json", cwd=lake)

    assert following.returncode == 130
    assert "Traceback" not in err
    assert worked.document["receipts"][0]["books"]["written"] == 5


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


ENDLESS = "select count(*) from range(100000000000) t where hash(range) % 7 = 0"
STUBBORN = "select list_sort(range(60000000))"  # worked out while the question is being read


@pytest.mark.slow
@pytest.mark.parametrize("sql", [ENDLESS, STUBBORN], ids=["endless", "stubborn"])
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["ctrl-c", "sigterm"]
)
def test_a_question_that_takes_too_long_is_ended_by_a_signal(full, sql, number, code):
    asked = start("query", sql, cwd=full)
    until(lambda: processor_seconds(asked.pid) > 2)  # more than it takes to begin

    asked.send_signal(number)
    _, err = asked.communicate(timeout=15)

    assert asked.returncode == code
    assert "Traceback" not in err
    assert "error: " in err


@pytest.mark.slow
def test_sigterm_gives_the_batch_in_hand_back_at_once(lake, tmp_path):
    file = write_csv(tmp_path / "large.csv", 3_000_000)
    ingest = start("ingest", "sales", file, "--link", cwd=lake)
    until(lambda: any((lake / ".scratch").glob("m*/*")))

    ingest.send_signal(signal.SIGTERM)
    _, err = ingest.communicate(timeout=PATIENCE)
    worked = run("work", "--until-idle", "--json", cwd=lake)

    assert ingest.returncode == 143, err
    assert "ended by SIGTERM" in err
    assert worked.document["receipts"][0]["books"]["written"] == 3_000_000
    assert list((lake / ".scratch").iterdir()) == []


def processor_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def until(holds):
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        os.sched_yield()
