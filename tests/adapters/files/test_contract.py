"""FileStore keeps the store's contract, and of racing processes one wins."""

from __future__ import annotations

import multiprocessing
import sys

from headwater.adapters.files import FileStore
from headwater.errors import ObjectExists
from headwater.ports.store import How, Stat, Taking
from tests.adapters.files.disk import leftovers
from tests.contracts.store import StoreContract, names, source, taking


def create_and_tell(root, start, number):
    start.wait(30)
    try:
        FileStore(root).create("race", b"%d" % number * 1000)
    except ObjectExists:
        sys.exit(1)


class TestFileStore(StoreContract):
    pass


class TestRaces:
    def test_of_eight_processes_that_create_one_name_one_wins(self, root):
        spawn = multiprocessing.get_context("spawn")
        start = spawn.Barrier(8)
        racers = [spawn.Process(target=create_and_tell, args=(root, start, i)) for i in range(8)]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join()

        won = [number for number, racer in enumerate(racers) if racer.exitcode == 0]

        assert len(won) == 1
        assert FileStore(root).read("race") == b"%d" % won[0] * 1000
        assert leftovers(root) == ["race"]

    def test_a_folder_that_somebody_removed_is_made_again(self, store, root):
        store.create("sales/a", b"1")
        store.delete("sales/a")
        (root / "sales").rmdir()

        store.create("sales/b", b"2")

        assert names(store.list()) == ["sales/b"]

    def test_nothing_temporary_is_left_after_a_refusal(self, store, root, tmp_path):
        path = source(tmp_path)
        takings = [taking(path, f"f/{i % 20}") for i in range(40)]

        answers = store.take([*takings, Taking(path, "late", How.COPY, "another stamp")])

        assert sum(isinstance(answer, Stat) for answer in answers) == 20
        assert leftovers(root) == sorted(f"f/{i}" for i in range(20))
