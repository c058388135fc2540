"""A measure is of one content, and of nothing that moved meanwhile."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from blake3 import blake3

from headwater.errors import SourceChanged, SourceMissing, SourceNotAFile, SourceUnreadable
from headwater.reading.count import DelimitedCounter, LineCounter
from headwater.reading.measure import Clockwork, Measure, measure, measure_many
from headwater.reading.source import source_stamp

SECOND_NS = 1_000_000_000
WRITTEN_NS = 1_700_000_000 * SECOND_NS + 7


class Meddler:
    """A counter that does something to the file when the first block comes."""

    def __init__(self, meddle):
        self.meddle = meddle

    def update(self, _):
        if self.meddle is not None:
            self.meddle()
            self.meddle = None

    def finish(self):
        return 0


class Time:
    """A clock that stands still until somebody waits."""

    def __init__(self, now_ns, while_waiting=None):
        self.now_ns = now_ns
        self.waits = []
        self.while_waiting = while_waiting

    def wait(self, seconds):
        self.waits.append(seconds)
        self.now_ns += int(seconds * SECOND_NS)
        if self.while_waiting is not None:
            self.while_waiting()

    def clockwork(self):
        return Clockwork(lambda: self.now_ns, self.wait)


@pytest.fixture
def path(tmp_path):
    return written(tmp_path / "a.csv", b"a,b\n1,2\n")


def written(path, body, at_ns=WRITTEN_NS):
    path.write_bytes(body)
    os.utime(path, ns=(at_ns, at_ns))
    return path


@pytest.mark.parametrize("size", [0, 1, 100_000, 112 * 1024, 112 * 1024 + 1, 1_000_000])
def test_a_measure_has_digest_size_stamp_and_records(tmp_path, size):
    body = (b"0123456789abcde\n" * (size // 16 + 1))[:size]
    path = written(tmp_path / "a.csv", body)

    measured = measure(path, LineCounter())

    assert measured == Measure(
        digest=blake3(body).hexdigest(),
        size_bytes=size,
        stamp=source_stamp(path.stat()),
        records=(size + 15) // 16,
    )


def test_without_a_counter_there_is_no_record_count(path):
    assert measure(path, None).records is None


def test_a_missing_file_is_missing(tmp_path):
    with pytest.raises(SourceMissing) as refused:
        measure(tmp_path / "gone.csv", None)

    assert refused.value.hint


@pytest.mark.parametrize("name", ["a\0b", "x" * 300, "a.csv/below"])
def test_a_path_that_cannot_be_is_missing(path, name):
    with pytest.raises(SourceMissing):
        measure(path.parent / name, None)


def test_a_loop_of_symbolic_links_is_missing(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "a")

    with pytest.raises(SourceMissing):
        measure(tmp_path / "a", None)


def test_a_folder_is_not_a_file(tmp_path):
    with pytest.raises(SourceNotAFile) as refused:
        measure(tmp_path, None)

    assert "folder" in refused.value.message


def test_a_pipe_is_not_a_file_and_blocks_nobody(tmp_path):
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(SourceNotAFile):
        measure(tmp_path / "pipe", None)


def test_a_symbolic_link_is_followed(path, tmp_path):
    (tmp_path / "link").symlink_to(path)

    assert measure(tmp_path / "link", None) == measure(path, None)


@pytest.fixture
def unreadable(path):
    path.chmod(0)  # the superuser may read it all the same
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield path
    os.seteuid(user)


def test_a_file_that_may_not_be_read_is_unreadable(unreadable):
    with pytest.raises(SourceUnreadable) as refused:
        measure(unreadable, None)

    assert refused.value.hint


def test_a_name_that_is_not_utf8_can_be_spoken_of(tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.csv")

    with pytest.raises(SourceMissing) as refused:
        measure(path, None)

    assert refused.value.message.encode().isascii()


@pytest.mark.parametrize("change", ["append", "truncate", "rewrite", "touch"])
def test_a_file_that_changes_while_it_is_read_is_refused(path, change):
    def meddle():
        match change:
            case "append":
                with path.open("ab") as file:
                    file.write(b"3,4\n")
            case "truncate":
                os.truncate(path, 2)
            case "rewrite":
                path.write_bytes(b"a,b\n8,9\n")
            case "touch":
                path.touch()

    with pytest.raises(SourceChanged) as refused:
        measure(path, Meddler(meddle))

    assert refused.value.hint


def test_a_file_that_grows_as_fast_as_it_is_read_is_refused(tmp_path):
    path = written(tmp_path / "a", b"x" * 300_000)

    class Grower(Meddler):
        def update(self, block):
            with path.open("ab") as file:
                file.write(block * 2)

    with pytest.raises(SourceChanged):
        measure(path, Grower(None))


def test_a_file_that_was_replaced_is_still_the_one_that_was_opened(path, tmp_path):
    other = written(tmp_path / "other", b"other")
    stamp = source_stamp(path.stat())

    measured = measure(path, Meddler(lambda: other.replace(path)))

    assert measured.stamp == stamp != source_stamp(path.stat())


def test_a_file_written_this_instant_rests_before_it_is_stamped(path):
    time = Time(WRITTEN_NS + 1_000)
    measure(path, None, time.clockwork())

    assert time.waits == [pytest.approx(0.05, rel=0.01)]


def test_what_is_written_during_the_rest_is_what_is_measured(path):
    def rewrite():
        written(path, b"late\n", WRITTEN_NS)

    time = Time(WRITTEN_NS + 1_000, while_waiting=rewrite)

    measured = measure(path, LineCounter(), time.clockwork())

    assert measured.digest == blake3(b"late\n").hexdigest()
    assert (measured.size_bytes, measured.records) == (5, 1)


@pytest.mark.parametrize("age_ns", [SECOND_NS, -SECOND_NS])
def test_an_older_file_and_one_from_the_future_need_no_rest(path, age_ns):
    time = Time(WRITTEN_NS + age_ns)
    measure(path, None, time.clockwork())

    assert time.waits == []


def test_a_time_in_whole_seconds_rests_longer(tmp_path):
    path = written(tmp_path / "a", b"1", 1_700_000_000 * SECOND_NS)
    time = Time(1_700_000_001 * SECOND_NS)
    measure(path, None, time.clockwork())

    assert time.waits == [pytest.approx(1.1, rel=0.01)]


def test_many_files_rest_once_and_are_answered_in_the_order_given(tmp_path):
    paths = [written(tmp_path / f"{i}", b"a\n" * i) for i in range(5)]
    time = Time(WRITTEN_NS)

    answers = measure_many(
        [*paths, tmp_path / "gone", tmp_path], lambda _: DelimitedCounter(), time.clockwork()
    )

    assert [answer.records for answer in answers[:5]] == [0, 1, 2, 3, 4]
    assert [type(answer) for answer in answers[5:]] == [SourceMissing, SourceNotAFile]
    assert len(time.waits) == 1


def test_each_file_gets_the_counter_that_its_path_asks_for(tmp_path):
    table = written(tmp_path / "a.csv", b'"a\nb"\n')
    lines = written(tmp_path / "a.json", b'"a\nb"\n')
    other = written(tmp_path / "a.parquet", b"PAR1")

    def counter_for(path: Path):
        return {".csv": DelimitedCounter, ".json": LineCounter}.get(path.suffix, lambda: None)()

    answers = measure_many([table, lines, other], counter_for)

    assert [answer.records for answer in answers] == [1, 2, None]
