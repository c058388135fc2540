"""A file that kills whoever reads it is put aside after the second death; its neighbours go on."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.flow import lakes
from tests.flow.lakes import csv_of, ids_of, states_of

FEEDS = lakes.SALES + "    retries: {attempts: 3, first_delay: 0s, longest_delay: 1s}\n"
DEATHS = {
    "SIGSEGV": f"import os; os.kill(os.getpid(), {signal.SIGSEGV.value})",
    "SIGKILL": f"import os; os.kill(os.getpid(), {signal.SIGKILL.value})",
    "exit code 3": "import os; os._exit(3)",
}
"""How a death is told, and what brings it about."""


@pytest.fixture
def lake(folder):
    with lakes.make(folder, FEEDS) as lake:
        yield lake


@pytest.fixture
def poisoned(tmp_path, monkeypatch):
    """Something happens to the engine's child whenever it opens a file that is named so."""

    def poison(deed):
        folder = tmp_path / "poison"
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(
            "import sys\n"
            "def hook(event, args):\n"
            "    if event == 'open' and str(args[0]).endswith('poison.csv'):\n"
            f"        open({str(folder / 'deeds')!r}, 'a').write('x')\n"
            f"        {deed}\n"
            "if any('duckdb.process.child' in each for each in sys.orig_argv):\n"
            "    sys.addaudithook(hook)\n"
        )
        monkeypatch.setenv("PYTHONPATH", str(folder))
        return lambda: len((folder / "deeds").read_text())

    return poison


def land_three(lake, incoming):
    for name in ("a.csv", "poison.csv", "z.csv"):
        lake.land("sales", incoming(name, csv_of(Path(name).stem)))


@pytest.mark.parametrize("told", list(DEATHS))
def test_two_deaths_quarantine_the_file_and_its_neighbours_are_in_the_table(
    lake, incoming, poisoned, told
):
    deaths = poisoned(DEATHS[told])
    land_three(lake, incoming)

    lake.work()

    assert ids_of(lake) == ["a", "z"]
    assert states_of(lake, "sales/poison.csv") == ["quarantined"]
    (file,) = lake.quarantine()
    assert (file.arrival.key, file.arrival.cause.code) == ("sales/poison.csv", "engine_died")
    assert told in file.arrival.cause.message
    assert deaths() == 2
    assert lake.verify().findings == ()


def test_a_fault_of_the_program_over_one_file_costs_that_file(lake, incoming, poisoned):
    poisoned("raise KeyError('oops')")
    land_three(lake, incoming)

    lake.work()

    assert ids_of(lake) == ["a", "z"]
    (file,) = lake.quarantine()
    assert file.arrival.cause.code == "engine"
    assert file.arrival.cause.message.startswith("sales/poison.csv could not be read")
    assert "KeyError: 'oops'" in file.arrival.cause.message


def test_too_much_memory_over_one_file_costs_that_file(lake, incoming, poisoned):
    poisoned("bytearray(1 << 40)")
    land_three(lake, incoming)

    lake.work()

    assert ids_of(lake) == ["a", "z"]
    (file,) = lake.quarantine()
    assert "out of memory" in file.arrival.cause.message


def test_a_file_that_killed_is_read_when_it_does_not_kill_any_more(
    lake, incoming, poisoned, monkeypatch
):
    poisoned(DEATHS["SIGKILL"])
    land_three(lake, incoming)
    lake.work()
    monkeypatch.delenv("PYTHONPATH")

    lake.replay(feed="sales")
    lake.work()

    assert ids_of(lake) == ["a", "poison", "z"]
    assert lake.verify().findings == ()
