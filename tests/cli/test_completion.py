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


def test_a_real_bash_completes_verbs_options_and_names(lake):
    """bash's own machinery: the function that `complete -p` names is called as bash calls it."""
    ask = (
        'eval "$(headwater completion bash)"\n'
        "function=$(complete -p headwater | sed 's/.*-F \\([^ ]*\\).*/\\1/')\n"
        'offer() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); '
        '$function "$1" 2>/dev/null; echo "${COMPREPLY[*]}"; }\n'
        "offer headwater pe\n"
        "offer headwater peek --enc\n"
        "offer headwater peek --as nd\n"
        "offer headwater peek --set timez\n"
        "offer headwater ingest sa\n"
        "offer headwater tables sa\n"
    )

    ran = subprocess.run(
        ["bash", "--norc", "-i"], cwd=lake, input=ask, env=environment(PATH=_with_program()),
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert ran.stdout.splitlines() == [
        "peek", "--encoding", "ndjson", "timezone=", "sales", "sales",
    ]  # fmt: skip


def _with_program():
    return f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
