"""What the tests of the command line share: the program in a folder of its own, and lakes."""

from functools import partial

import pytest

from tests.cli.calling import make_lake, run, write_csv


@pytest.fixture
def call(tmp_path):
    """Call the program in a folder of its own."""
    return lambda *words, **more: run(*words, **{"cwd": tmp_path, **more})


@pytest.fixture
def lake(tmp_path):
    """A lake with the feed sales and nothing in it."""
    return make_lake(tmp_path)


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """A lake to look at: two files, of which one has ten bad rows, and one that is empty."""
    folder = tmp_path_factory.mktemp("full")
    lake = make_lake(folder)
    good = write_csv(folder / "good.csv", 1_000)
    bad = write_csv(folder / "bad.csv", 990, bad=10)
    (folder / "empty.csv").touch()
    ran = run("ingest", "sales", good, bad, folder / "empty.csv", "-C", lake, cwd=folder)
    assert ran.code == 3, ran.err
    return lake


@pytest.fixture
def look(full):
    """Call the program on the lake to look at."""
    return partial(run, cwd=full)
