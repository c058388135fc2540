import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.calling import PROGRAM, environment


def completed(words, cwd):
    """What a shell would be told to offer for the last word."""
    line = " ".join(["headwater", *words])
    told = subprocess.run(
        PROGRAM,
        cwd=cwd,
        env=environment(
            _HEADWATER_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(len(words))
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.splitlines()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(call, shell):
    ran = call("completion", shell)

    assert ran.code == 0
    assert "_HEADWATER_COMPLETE" in ran.out
    assert f"{shell}_complete" in ran.out


def test_the_script_for_bash_is_bash(call, tmp_path):
    script = call("completion", "bash").out

    ran = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True, check=False)

    assert (ran.returncode, ran.stderr) == (0, "")


def test_without_a_name_it_is_for_the_shell_in_use(call):
    assert "zsh_complete" in call("completion", SHELL="/bin/zsh").out
    assert call("completion", "--json", SHELL="/bin/fish").document["shell"] == "fish"
    assert call("completion", SHELL="/bin/csh").code == 2


def test_verbs_options_feeds_and_files_complete(lake):
    assert "plain,peek" in completed(["pe"], lake)
    assert "plain,--encoding" in completed(["peek", "--enc"], lake)
    assert "plain,sales" in completed(["ingest", "sa"], lake)
    assert "plain,sales" in completed(["schema", "sa"], lake)
    assert completed(["ingest", "sales", "so"], lake) == ["file,so"]
    assert completed(["peek", "so"], lake) == ["file,so"]


def offered(lake, *lines):
    """bash's own machinery: the function that `complete -p` names is called as bash calls it.

    The words of a line are parted as bash parts them: at blanks, and around `=`.
    """
    ask = (
        'eval "$(headwater completion bash)"\n'
        "function=$(complete -p headwater | sed 's/.*-F \\([^ ]*\\).*/\\1/')\n"
        'offer() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); '
        '$function "$1" 2>/dev/null; echo "${COMPREPLY[*]}"; }\n'
    )
    for line in lines:
        ask += f"offer {line.replace('=', ' = ')}\n"
    ran = subprocess.run(
        ["bash", "--norc", "-i"], cwd=lake, input=ask, env=environment(PATH=_with_program()),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return ran.stdout.splitlines()


def test_a_real_bash_completes_verbs_options_and_names(lake):
    assert offered(
        lake,
        "headwater pe",
        "headwater peek --enc",
        "headwater peek --as nd",
        "headwater peek --set timez",
        "headwater ingest sa",
        "headwater tables sa",
    ) == ["peek", "--encoding", "ndjson", "timezone=", "sales", "sales"]


def test_a_real_bash_completes_behind_an_equals_sign(lake, call, tmp_path):
    sample = tmp_path / "sales.csv"
    sample.write_text("id,customer_id\n1,7\n", encoding="utf-8")
    later = tmp_path / "later.csv"
    later.write_text("id,cust_id\n2,8\n", encoding="utf-8")
    assert call("new", "orders", "--from", sample, "-C", lake).code == 0
    assert call("ingest", "orders", sample, "-C", lake).code == 0
    assert call("ingest", "orders", later, "-C", lake).code == 0

    assert offered(
        lake,
        "headwater schema orders --map cust",
        "headwater schema orders --map cust_id=cus",
        "headwater schema orders --map=cust_id=cus",
        "headwater peek --set delimiter=, --set timez",
        "headwater peek --as=nd",
    ) == ["cust_id=customer_id", "customer_id", "customer_id", "timezone=", "ndjson"]


def _with_program():
    return f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
