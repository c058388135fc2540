import subprocess
import sys

import pytest

from tests.cli.calling import environment

HEAVY = (
    "duckdb",
    "deltalake",
    "pydantic",
    "rich",
    "apsw",
    "yaml",
    "blake3",
    "pyarrow",
    "headwater.ports.engine",
)


@pytest.mark.parametrize("word", ["--version", "--help"])
def test_version_and_help_import_nothing_heavy(word):
    program = (
        "import sys\n"
        "from headwater.cli.door import run\n"
        f"run([{word!r}])\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )

    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True,
        env=environment(),
    )  # fmt: skip

    assert ran.stderr.strip() == "[]"


def test_status_imports_no_engine_and_no_reader_of_sql(tmp_path):
    folder = tmp_path / "lake"
    unwanted = ("duckdb", "deltalake", "pyarrow", "numpy", "sqlglot", "boto3", "rich")
    program = (
        "import sys\n"
        "from headwater.cli.door import run\n"
        f"run(['init', {str(folder)!r}])\n"
        f"run(['status', '-C', {str(folder)!r}])\n"
        f"print([name for name in {unwanted!r} if name in sys.modules], file=sys.stderr)"
    )

    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True,
        env=environment(),
    )  # fmt: skip

    assert "nothing needs a person" in ran.stdout
    assert ran.stderr.strip().endswith("[]")


def test_the_list_of_verbs_says_what_each_verb_says_of_itself():
    import click

    from headwater.cli.program import VERBS, program

    context = click.Context(program)
    for name, sentence in VERBS.items():
        told = program.get_command(context, name).help.split("\n\n")[0].replace("\n", " ").strip()
        assert told == sentence


def test_every_verb_takes_a_lake_and_json():
    import click

    from headwater.cli.program import VERBS, program

    context = click.Context(program)
    for name in VERBS:
        command = program.get_command(context, name)
        inner = getattr(command, "commands", {}).values()
        for each in (command, *inner):
            options = {word for parameter in each.params for word in parameter.opts}
            assert {"-C", "--json"} <= options, name
