"""Pipes, devices, links and names that are no text do a FileStore no harm."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from headwater.errors import SourceChanged, SourceNotAFile, UsageError
from tests.contracts.store import names, source, taking


class TestStrangeFiles:
    def test_a_pipe_is_no_source_and_blocks_nobody(self, store, tmp_path):
        os.mkfifo(tmp_path / "pipe")

        [answer] = store.take([taking(tmp_path / "pipe")])

        assert isinstance(answer, SourceNotAFile)
        assert "pipe" in answer.message

    def test_a_device_is_no_source(self, store):
        [answer] = store.take([taking(Path("/dev/null"))])

        assert isinstance(answer, SourceNotAFile)

    def test_a_symbolic_link_that_was_pointed_elsewhere_is_a_changed_source(self, store, tmp_path):
        link = tmp_path / "link"
        link.symlink_to(source(tmp_path, b"1", "one"))
        before = taking(link)
        link.unlink()
        link.symlink_to(source(tmp_path, b"2", "two"))

        [answer] = store.take([before])

        assert isinstance(answer, SourceChanged)

    def test_unfinished_hidden_and_irregular_files_are_not_listed(self, store, root):
        store.create("sales/a.csv", b"1")
        folder = root / "sales"
        for name in [".hidden", "b.part", "b.tmp", "b~", "b.crswap"]:
            (folder / name).write_bytes(b"1")
        (folder / "link").symlink_to(folder / "a.csv")
        (folder / "loop").symlink_to(folder)
        (folder / "empty").mkdir()
        (root / ".git").mkdir()
        (root / ".git" / "config").write_bytes(b"1")
        os.mkfifo(folder / "pipe")
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(os.path.relpath(folder / "socket"))

            assert names(store.list()) == ["sales/a.csv"]
        assert store.stat("sales/link") is None
        assert store.stat("sales/pipe") is None

    def test_a_file_dropped_by_hand_is_an_object(self, store, root):
        (root / "sales").mkdir(parents=True)
        (root / "sales" / "dropped.csv").write_bytes(b"1")

        assert names(store.list()) == ["sales/dropped.csv"]
        assert store.read("sales/dropped.csv") == b"1"

    @pytest.mark.parametrize(
        ("on_disk", "name"),
        [
            (b"caf\xe9.csv", r"caf\xe9.csv"),
            (rb"caf\xe9.csv", r"caf\x5cxe9.csv"),
            (rb"a\x5cb", r"a\x5cx5cb"),
            (rb"a\b", r"a\b"),
            (b"\xe9/\xff", r"\xe9/\xff"),
            ("é".encode(), "é"),
        ],
    )
    def test_a_name_that_is_not_utf8_is_listed_escaped_and_found_again(
        self, store, root, on_disk, name
    ):
        path = Path(os.fsdecode(os.fsencode(root) + b"/" + on_disk))
        path.parent.mkdir(parents=True)
        try:
            path.write_bytes(b"1")
        except OSError:
            pytest.skip("this file system takes UTF-8 names only")

        listed = names(store.list())

        assert listed == [name]
        assert store.read(name) == b"1"
        assert os.fsencode(store.locate(name)).endswith(on_disk)
        store.delete(name)
        assert list(store.list()) == []

    def test_an_escape_that_nothing_needs_is_refused(self, store):
        with pytest.raises(UsageError):
            store.create(r"caf\xc3\xa9.csv", b"1")

    def test_a_name_below_an_object_is_refused(self, store):
        store.create("a", b"1")

        with pytest.raises(UsageError):
            store.create("a/b", b"2")

    def test_nothing_is_put_through_a_symbolic_link_to_a_folder(self, store, root, tmp_path):
        outside = tmp_path / "outside"
        outside.mkdir()
        root.mkdir(parents=True)
        (root / "sales").symlink_to(outside)

        with pytest.raises(UsageError):
            store.create("sales/a.csv", b"1")

        assert list(outside.iterdir()) == []

    def test_a_time_beyond_the_calendar_does_not_stop_the_listing(self, store, root):
        store.create("a", b"1")
        os.utime(root / "a", (2**33 * 32, 2**33 * 32))

        assert names(store.list()) == ["a"]
