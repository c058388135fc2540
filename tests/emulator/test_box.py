"""The box begins and ends with whoever asked for it, and listens to this machine alone."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from headwater.emulator.box import running
from headwater.errors import UsageError
from tests.cli.calling import run, start


def _listens(url):
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", urlsplit(url).port)) == 0


def test_accounts_do_not_see_each_other(aws_in_the_box):
    other = aws_in_the_box.afresh()

    bucket = aws_in_the_box.bucket()

    assert aws_in_the_box.client("sts").get_caller_identity()["Account"] == aws_in_the_box.account
    assert [each["Name"] for each in aws_in_the_box.client("s3").list_buckets()["Buckets"]] == [
        bucket
    ]
    assert other.client("s3").list_buckets()["Buckets"] == []


def test_it_listens_on_loopback_alone(aws_in_the_box):
    port = f"{urlsplit(aws_in_the_box.url).port:04X}"
    lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]

    listening = [line.split()[1] for line in lines if line.split()[3] == "0A"]

    assert [each for each in listening if each.endswith(f":{port}")] == [f"0100007F:{port}"]


def test_what_the_box_is_asked_and_does_not_know_is_refused(aws_in_the_box):
    with pytest.raises(UsageError, match="has no GET weather"):
        aws_in_the_box.ask("GET", "weather")


def test_a_port_that_is_taken_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port}"), running(port=port):
            pass


@pytest.mark.slow
def test_it_ends_with_a_process_that_is_killed(tmp_path):
    code = (
        "import os, signal\n"
        "from headwater.emulator.box import running\n"
        "with running() as box:\n"
        "    print(box.url, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    url = ran.stdout.strip()

    ended = any(not _listens(url) for _ in range(1_000_000))

    assert ran.returncode == -signal.SIGKILL
    assert ended


@pytest.mark.slow
def test_a_command_is_run_with_what_it_needs_and_its_exit_code_is_ours(tmp_path):
    code = "import os, boto3; boto3.client('s3').list_buckets(); raise SystemExit(7)"

    ran = run("emulate", "--", sys.executable, "-c", code, cwd=tmp_path)

    assert ran.code == 7, ran.err


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_what_to_export_and_ends_when_it_is_told(tmp_path, number):
    with start("emulate", cwd=tmp_path) as process:
        first = process.stdout.readline()
        url = first.partition("=")[2].strip()
        answered = _listens(url)
        process.send_signal(number)
        out, err = process.stdout.read(), process.stderr.read()

    assert first.startswith("export AWS_ENDPOINT_URL=")
    assert answered
    assert not _listens(url)
    assert "export AWS_ACCESS_KEY_ID=testing" in out
    assert process.returncode == 0, err


@pytest.mark.slow
def test_a_box_that_is_killed_is_told_and_not_waited_for(tmp_path):
    with start("emulate", "--json", cwd=tmp_path) as process:
        process.stdout.readline()
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        (box,) = children.read_text(encoding="ascii").split()
        os.kill(int(box), signal.SIGKILL)
        err = process.stderr.read()

    assert process.returncode == 1
    assert "the box ended by itself" in err


@pytest.mark.slow
def test_it_says_what_to_export_as_json(tmp_path):
    process = start("emulate", "--json", cwd=tmp_path)
    said = json.loads(process.stdout.readline())
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)

    assert said["environment"]["AWS_ENDPOINT_URL"] == said["url"]


def test_without_the_extra_the_verb_says_what_to_install(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nsys.modules['moto'] = None\n",
        encoding="utf-8",
    )

    ran = run("emulate", cwd=tmp_path, PYTHONPATH=os.fspath(tmp_path))

    assert ran.code == 2
    assert "headwater[emulator]" in ran.err


@pytest.mark.slow
def test_a_users_tests_get_the_box_as_a_fixture(tmp_path):
    (tmp_path / "conftest.py").write_text(
        'pytest_plugins = ["headwater.emulator.testing"]\n', encoding="utf-8"
    )
    (tmp_path / "test_mine.py").write_text(
        "def test_mine(aws_in_the_box):\n    assert aws_in_the_box.bucket()\n", encoding="utf-8"
    )

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert ran.returncode == 0, ran.stdout
