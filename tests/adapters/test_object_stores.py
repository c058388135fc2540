"""ObjectStore keeps the store's contract over obstore, and URLs find their stores."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from obstore.store import MemoryStore

from headwater.adapters.objects import ObjectStore
from headwater.adapters.objects.clouds import ObstoreBucket
from headwater.adapters.objects.intake import PIECE_BYTES
from headwater.adapters.objects.open import open_store
from headwater.adapters.objects.probe import probe
from headwater.adapters.objects.vetted import VettedStore, Vetting
from headwater.errors import ObjectExists, SourceChanged, UnfitStore, UsageError
from tests.contracts.store import StoreContract, source, taking

LARGE = bytes(range(256)) * (3 * PIECE_BYTES // 256) + b"the last piece"


@pytest.fixture
def bucket():
    return ObstoreBucket(MemoryStore(), "memory://lake")


@pytest.fixture
def store(bucket):
    return ObjectStore(bucket, "raw")


class TestObjectStore(StoreContract):
    """Every promise of the contract."""

    @pytest.mark.parametrize(
        "name",
        ["a b", "-rf", "CON", "a'b\"c", "ž/🐎", "a%2fb", "a=b/c=d", "a\\b", "x" * 255],
    )
    def test_odd_names_round_trip(self, store, name):
        super().test_odd_names_round_trip(store, name)

    def test_a_name_that_obstore_has_no_word_for_is_refused(self, store):
        with pytest.raises(UsageError, match="cannot name an object"):
            store.create("a\nb", b"1")


def test_a_large_file_is_taken_whole_and_nothing_is_left_beside_it(store, bucket, tmp_path):
    told = []

    [stat] = store.take([taking(source(tmp_path, LARGE))], told=told.append)

    assert store.read("sales/a.csv") == LARGE
    assert stat == store.stat("sales/a.csv")
    assert told == [PIECE_BYTES] * 3 + [14]
    assert [each.key for each in bucket.list("", "")] == ["raw/sales/a.csv"]


def test_an_object_that_came_while_pieces_were_sent_stays(store, bucket, tmp_path):
    def told(_):
        if store.stat("sales/a.csv") is None:
            store.create("sales/a.csv", b"meanwhile")

    [answer] = store.take([taking(source(tmp_path, LARGE))], told=told)

    assert isinstance(answer, ObjectExists)
    assert store.read("sales/a.csv") == b"meanwhile"
    assert [each.key for each in bucket.list("", "")] == ["raw/sales/a.csv"]


def test_a_large_source_that_changes_on_its_way_leaves_nothing(store, bucket, tmp_path):
    path = source(tmp_path, LARGE)

    [answer] = store.take([taking(path)], told=lambda _: path.write_bytes(LARGE + b"more"))

    assert isinstance(answer, SourceChanged)
    assert list(bucket.list("", "")) == []


def test_what_an_upload_left_that_died_is_swept_when_it_is_old(store, bucket):
    upload = bucket.begin("raw/a", "mark")
    upload.add(1, b"1")
    upload._writer.close()
    now = datetime.now(UTC)

    assert store.sweep(now - timedelta(hours=1)) == 0
    assert store.sweep(now + timedelta(hours=1)) == 1
    assert list(bucket.list("", "")) == []


def test_a_store_that_honours_put_if_absent_is_fit(bucket):
    probe(bucket, "raw/")

    assert list(bucket.list("", "")) == []


class Counted(ObstoreBucket):
    """How often it was written to."""

    puts = 0

    def put(self, key, body, mark):
        self.puts += 1
        super().put(key, body, mark)


class Replacing(ObstoreBucket):
    """A service that gives an upload its key, whoever has it."""

    def begin(self, key, mark):
        upload = super().begin(key, mark)
        complete = upload.complete

        def replace():
            self.delete(key)
            complete()

        upload.complete = replace
        return upload


class TestVetting:
    def test_a_service_is_tried_once_for_all_its_zones(self, tmp_path):
        bucket, vetting = Counted(MemoryStore(), "memory://lake"), Vetting(tmp_path / "fit")

        for zone in ("raw", "manifests"):
            VettedStore(bucket, zone, vetting).create("a", b"1")

        assert bucket.puts == 2 + 2  # those of the trial, and the two objects

    def test_what_was_found_out_holds_for_the_next_process(self, tmp_path):
        for number in range(2):
            bucket = Counted(MemoryStore(), "memory://lake")
            VettedStore(bucket, "raw", Vetting(tmp_path / "fit")).create("a", b"1")

            assert bucket.puts == (1 if number else 3)

    def test_another_service_is_tried_for_itself(self, tmp_path):
        vetting = Vetting(tmp_path / "fit")
        first, other = (Counted(MemoryStore(), url) for url in ("memory://lake", "other://lake"))

        for bucket in (first, other):
            VettedStore(bucket, "raw", vetting).create("a", b"1")

        assert (first.puts, other.puts) == (3, 3)

    def test_nothing_is_written_to_a_service_that_is_unfit_however_often_one_tries(self, tmp_path):
        bucket = Replacing(MemoryStore(), "memory://lake")

        for _ in range(2):
            store = VettedStore(bucket, "raw", Vetting(tmp_path / "fit"))
            with pytest.raises(UnfitStore, match="sent in pieces") as told:
                store.create("a", b"1")
            with pytest.raises(UnfitStore):
                store.take([taking(source(tmp_path))])

        assert told.value.hint
        assert list(bucket.list("", "")) == []

    def test_who_cannot_keep_a_note_writes_all_the_same(self, tmp_path):
        store = VettedStore(
            ObstoreBucket(MemoryStore(), "memory://lake"),
            "raw",
            Vetting(tmp_path / "not there" / "fit"),
        )

        assert store.create("a", b"1").size_bytes == 1


@pytest.mark.parametrize(
    "url", ["s3://lake/raw", "gs://lake/raw", "abfss://lake@acc.dfs.core.windows.net/raw"]
)
def test_a_zone_is_opened_by_its_url(url, monkeypatch):
    monkeypatch.setenv("AWS_REGION", "eu-central-1")

    assert open_store(url).locate("sales/a") == f"{url}/sales/a"


@pytest.mark.parametrize("url", ["ftp://lake/raw", "s3:///raw", "lake/raw", "s3://lake/raw?x=1"])
def test_a_url_of_no_known_store_is_refused(url):
    with pytest.raises(UsageError):
        open_store(url)
