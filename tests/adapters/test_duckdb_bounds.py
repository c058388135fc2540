"""The child has no more than it needs, and ends with whoever needs it."""

from __future__ import annotations

import logging
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from headwater.adapters.duckdb.engine import DuckEngine
from headwater.errors import EngineDied, EngineError
from tests.contracts.bench import Bench, column_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")

READS_FOR_LONG = """
import sys, tempfile
from pathlib import Path
from headwater.adapters.duckdb.engine import DuckEngine
from tests.contracts.bench import Bench
bench = Bench(DuckEngine(), Path(sys.argv[1]))
bench.engine.warm()
job = bench.job("a,b\\n" + "1,x\\n" * 4_000_000)
print(bench.engine.process_id, flush=True)
bench.engine.convert(job, lambda _: print("busy", flush=True))
"""


def in_a_process(code):
    """Run some lines in a process that is bound as the child is."""
    lines = "from headwater.adapters.duckdb.process import bounds"
    lines += "\nfrom headwater.ports.engine import Limits"
    return subprocess.run(
        [sys.executable, "-c", f"{lines}\nbounds.bind_process()\n{code}"],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def own(tmp_path):
    bench = Bench(DuckEngine(), tmp_path)
    yield bench
    bench.engine.close()


@pytest.fixture
def odd(tmp_path, monkeypatch):
    """A child in which something happens as soon as a raw file is opened."""

    def odd(deed):
        folder = tmp_path / "odd"
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(
            "import sys\n"
            "def hook(event, args):\n"
            "    if event == 'open' and '/raw-' in str(args[0]):\n"
            f"        {deed}\n"
            "sys.addaudithook(hook)\n"
        )
        monkeypatch.setenv("PYTHONPATH", str(folder))
        return Bench(DuckEngine(), tmp_path)

    return odd


def test_the_child_holds_no_socket_and_no_file_but_its_pipes_and_its_log(own):
    own.convert(column_of(1))

    held = [str(each.readlink()) for each in Path(f"/proc/{own.engine.process_id}/fd").iterdir()]

    assert not [each for each in held if each.startswith("socket:")]
    assert not [each for each in held if str(own.folder) in each]


@pytest.mark.parametrize(
    "call",
    ["import socket; socket.socket()", "import subprocess; subprocess.run(['true'])",
     "import os; os.system('true')", "import os; os.fork()"],
)  # fmt: skip
def test_whoever_reads_files_calls_nobody_outside(call):
    ran = in_a_process(f"try:\n    {call}\nexcept PermissionError as refusal:\n    print(refusal)")

    assert "may not call" in ran.stdout


def test_a_child_that_takes_too_much_time_is_ended_whatever_it_is_stuck_in():
    ran = in_a_process(
        "bounds._CPU_SECONDS = 0\nbounds.bind_job(Limits(), 0)\n"
        "import re\nre.match('(a*)*b', 'a' * 64)"
    )

    assert ran.returncode == -signal.SIGXCPU


def test_there_is_time_enough_for_another_job_after_a_long_one():
    ran = in_a_process(
        "import resource\n"
        "bounds.bind_job(Limits(), 0)\nfirst = resource.getrlimit(resource.RLIMIT_CPU)[0]\n"
        "sum(range(30_000_000))\n"
        "bounds.bind_job(Limits(), 10**9)\n"
        "print(resource.getrlimit(resource.RLIMIT_CPU)[0] - first)"
    )

    assert int(ran.stdout) >= 50_000


def test_more_memory_than_a_job_may_have_is_not_given():
    ran = in_a_process(
        "bounds.bind_job(Limits(memory_bytes=100_000_000), 0)\n"
        "try:\n    bytearray(5 << 30)\nexcept MemoryError:\n    print('refused')"
    )

    assert ran.stdout == "refused\n"


def test_no_death_leaves_the_memory_of_the_child_on_the_disk():
    ran = in_a_process("import resource\nprint(resource.getrlimit(resource.RLIMIT_CORE))")

    assert ran.stdout == "(0, 0)\n"


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL, signal.SIGXCPU])
def test_a_death_says_how_it_came_and_the_next_file_is_read_by_a_fresh_child(odd, number):
    bench = odd(f"import os; os.kill(os.getpid(), {number.value})")

    with pytest.raises(EngineDied, match=number.name) as caught:
        bench.convert(column_of(1))

    assert caught.value.message.count(":") >= 1
    assert bench.engine.process_id is None


def test_a_fault_of_the_program_names_the_file_and_the_place_and_is_in_the_log(odd, caplog):
    bench = odd("raise KeyError('oops')")

    with caplog.at_level(logging.ERROR), pytest.raises(EngineError) as caught:
        bench.convert(column_of(1))

    assert type(caught.value) is EngineError
    assert caught.value.message.startswith("file 0 could not be read because of a fault")
    assert "KeyError: 'oops'" in caught.value.message
    assert " at reading/" in caught.value.message
    assert "Traceback" in caplog.text


def test_what_the_child_had_resident_at_most_is_told(own):
    own.convert(column_of(1))

    assert 20_000_000 < own.engine.peak_bytes < 200_000_000


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_child_ends_with_whoever_started_it_and_its_folder_goes(tmp_path, monkeypatch, number):
    rooms = tmp_path / "rooms"
    rooms.mkdir()
    monkeypatch.setenv("TMPDIR", str(rooms))
    with subprocess.Popen(
        [sys.executable, "-c", READS_FOR_LONG, str(tmp_path)],
        stdout=subprocess.PIPE, text=True,
    ) as parent:  # fmt: skip
        child = os.pidfd_open(int(parent.stdout.readline()))
        assert parent.stdout.readline() == "busy\n"
        parent.send_signal(number)
        ended, _, _ = select.select([child], [], [], 20)
    os.close(child)

    assert ended
    assert list(rooms.iterdir()) == []
