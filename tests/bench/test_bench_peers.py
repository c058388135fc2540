import sys
from pathlib import Path

import pytest

from bench.cases import CASES, PEERS
from bench.contestants import PeerRun, Wrong
from bench.data import Shelf, Wanted
from bench.measure import last_words, measure

WANTED = Wanted(size_bytes=150_000, files=12, seed=7, dirty=0.01)
INSTALLED = ("duckdb", "polars", "pyarrow", "pandas")  # in the environment that runs the tests
TOGETHER = [(name, case) for name in INSTALLED for case in PEERS[name].cases]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    return Shelf(tmp_path_factory.mktemp("shelf"))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "case"), TOGETHER)
def test_a_peer_gives_back_every_row_of_a_case(name, case, shelf, tmp_path):
    peer = PeerRun(PEERS[name], Path(sys.executable))
    given = shelf.input(case, WANTED)

    command = peer.command(CASES[case], given, tmp_path)
    took = measure(command, tmp_path, timeout_seconds=120)

    assert took.exit_code == 0, last_words(tmp_path)
    assert peer.output(tmp_path).rows == given.rows
    assert (peer.output(tmp_path).files == 90) == CASES[case].partitioned


def test_an_output_without_a_file_is_wrong(tmp_path):
    (tmp_path / "out").mkdir()

    with pytest.raises(Wrong, match="no Parquet file"):
        PeerRun(PEERS["duckdb"], Path(sys.executable)).output(tmp_path)
