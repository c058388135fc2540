"""ObjectStore keeps the store's contract on S3, through lost replies and short bodies as well."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from headwater.adapters.aws.bucket import S3Bucket
from headwater.adapters.aws.settings import AwsSettings, S3Settings
from headwater.adapters.objects import ObjectStore
from headwater.adapters.objects.intake import PIECE_BYTES
from headwater.adapters.objects.probe import probe
from headwater.errors import ObjectExists, SourceChanged, StoreError, UnfitStore
from headwater.ports.store import Stat
from headwater.wiring import open_lake
from tests.aws.faults import AFTER, BEFORE, SHORT, SLOW_DOWN, faulty, first
from tests.contracts.store import StoreContract, names, source, taking

LARGE = bytes(range(256)) * (2 * PIECE_BYTES // 256) + b"the last piece"


@pytest.fixture
def bucket(as_aws):
    return as_aws.bucket()


@pytest.fixture
def store(bucket):
    return ObjectStore(S3Bucket(bucket), "raw")


@pytest.fixture
def store_with(as_aws, bucket):
    @contextmanager
    def make(fault, tries=1):
        with faulty(as_aws.url, fault) as url:
            aws = AwsSettings(endpoint=url, tries=tries)
            yield ObjectStore(S3Bucket(bucket, S3Settings(aws)), "raw")

    return make


class TestObjectStore(StoreContract):
    """Every promise of the contract."""

    @pytest.fixture(autouse=True)
    def _what_the_double_cannot_do(self, request):
        given = getattr(request.node, "callspec", None)
        if given is not None and given.params.get("name") == "a\nb":
            pytest.skip("the double finds no key that holds a new line; S3 does")


class TestLargeFiles:
    def test_a_file_of_several_pieces_is_taken_whole_and_told_of_in_pieces(self, store, tmp_path):
        path, told = source(tmp_path, LARGE), []

        [stat] = store.take([taking(path)], told=told.append)

        assert store.read("sales/a.csv") == LARGE
        assert stat == store.stat("sales/a.csv")
        assert told == [PIECE_BYTES, PIECE_BYTES, 14]

    def test_a_large_file_does_not_take_the_name_of_an_object(self, store, tmp_path):
        store.create("sales/a.csv", b"first")

        [answer] = store.take([taking(source(tmp_path, LARGE))])

        assert isinstance(answer, ObjectExists)
        assert store.read("sales/a.csv") == b"first"

    def test_an_object_that_came_while_pieces_were_sent_stays(self, store, tmp_path):
        def told(_):
            if store.stat("sales/a.csv") is None:
                store.create("sales/a.csv", b"meanwhile")

        [answer] = store.take([taking(source(tmp_path, LARGE))], told=told)

        assert isinstance(answer, ObjectExists)
        assert store.read("sales/a.csv") == b"meanwhile"

    def test_a_large_source_that_changes_on_its_way_leaves_nothing(
        self, store, as_aws, bucket, tmp_path
    ):
        path = source(tmp_path, LARGE)

        [answer] = store.take([taking(path)], told=lambda _: path.write_bytes(LARGE + b"more"))

        assert isinstance(answer, SourceChanged)
        assert list(store.list()) == []
        assert "Uploads" not in as_aws.client("s3").list_multipart_uploads(Bucket=bucket)

    def test_what_an_upload_left_that_died_is_swept(self, store, as_aws, bucket):
        as_aws.client("s3").create_multipart_upload(Bucket=bucket, Key="raw/sales/a.csv")
        as_aws.client("s3").create_multipart_upload(Bucket=bucket, Key="processed/b")
        later = datetime.now(UTC) + timedelta(hours=1)

        assert store.sweep(later) == 1
        assert store.sweep(later) == 0

    @pytest.mark.parametrize("fault", [BEFORE, AFTER, SLOW_DOWN])
    @pytest.mark.parametrize(("method", "of"), [("PUT", "partNumber=2"), ("POST", "uploadId=")])
    def test_a_large_file_comes_through_faults(self, store_with, tmp_path, fault, method, of):
        path = source(tmp_path, LARGE)
        with store_with(first(1, method, fault, of)) as store:
            [stat] = store.take([taking(path)])

            assert isinstance(stat, Stat)
            assert store.read("sales/a.csv") == LARGE


class TestFaults:
    @pytest.mark.parametrize("tries", [1, 3])
    @pytest.mark.parametrize("fault", [BEFORE, AFTER, SLOW_DOWN])
    def test_a_create_whose_reply_is_lost_is_known_for_its_own(self, store_with, fault, tries):
        with store_with(first(2, "PUT", fault), tries) as store:
            put = store.create("a", b"1")

            assert put == store.stat("a")
            assert store.read("a") == b"1"

    def test_equal_bytes_of_somebody_else_are_not_taken_for_its_own(self, store_with, store):
        store.create("a", b"1")

        with store_with(first(1, "PUT", AFTER)) as faulty_store, pytest.raises(ObjectExists):
            faulty_store.create("a", b"1")

    def test_a_store_that_never_answers_is_an_error_after_some_tries(self, store_with):
        with (
            store_with(first(100, "PUT", BEFORE)) as store,
            pytest.raises(StoreError, match=r"s3://.*/raw/a could not be reached"),
        ):
            store.create("a", b"1")

    @pytest.mark.parametrize("wanted", [(0, None), (2, 5), (3, None), (0, 100)])
    def test_a_body_that_is_cut_short_is_read_again(self, store, store_with, wanted):
        store.create("a", b"0123456789")

        with store_with(first(2, "GET", SHORT)) as faulty_store:
            assert faulty_store.read("a", *wanted) == store.read("a", *wanted)

    def test_a_scan_that_breaks_off_goes_on_where_it_was(self, store, store_with):
        put = store.create("a", b"0123456789")
        shown = bytearray()

        with store_with(first(2, "GET", SHORT)) as faulty_store:
            assert faulty_store.scan("a", shown.extend).stamp == put.stamp

        assert shown == b"0123456789"

    def test_a_body_that_is_always_cut_short_is_an_error(self, store, store_with):
        store.create("a", b"0123456789")

        with (
            store_with(first(100, "GET", SHORT)) as faulty_store,
            pytest.raises(StoreError, match="a "),
        ):
            faulty_store.read("a")


class TestWords:
    def test_a_bucket_that_is_not_there_is_named(self, as_aws):
        store = ObjectStore(S3Bucket("nobodys-bucket"), "raw")

        for call in (lambda: store.create("a", b""), lambda: list(store.list())):
            with pytest.raises(StoreError, match=r"s3://nobodys-bucket/.* does not exist") as told:
                call()
            assert told.value.hint

    def test_credentials_that_are_not_there_are_asked_for(self, as_aws, monkeypatch):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
        monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")

        with pytest.raises(StoreError, match="needs credentials"):
            ObjectStore(S3Bucket("any"), "raw").read("a")

    def test_objects_are_encrypted_with_the_key_that_is_set(self, as_aws, bucket, tmp_path):
        key = as_aws.client("kms").create_key()["KeyMetadata"]["Arn"]
        store = ObjectStore(S3Bucket(bucket, S3Settings(kms_key=key)), "raw")

        store.create("a", b"1")
        store.take([taking(source(tmp_path, LARGE), "b")])

        for name in ("raw/a", "raw/b"):
            head = as_aws.client("s3").head_object(Bucket=bucket, Key=name)
            assert head["SSEKMSKeyId"] == key

    def test_an_object_is_located_by_its_url(self, store, bucket):
        assert store.locate("sales/a.csv") == f"s3://{bucket}/raw/sales/a.csv"


class TestOthersObjects:
    def test_keys_that_no_store_takes_hide_no_neighbour(self, store, as_aws, bucket):
        for key in ("raw/a//b", "raw/folder/", "raw/.hidden/a", "raw/b.tmp", "raw/ok", "other/a"):
            as_aws.client("s3").put_object(Bucket=bucket, Key=key, Body=b"")

        assert names(store.list()) == ["ok"]


class Overwriting(S3Bucket):
    """A store that takes every name twice."""

    def put(self, key, body, mark):
        self.delete(key)
        super().put(key, body, mark)


class TestProbe:
    def test_a_store_that_honours_put_if_absent_is_left_as_it_was(self, as_aws, bucket):
        probe(S3Bucket(bucket), "raw/")

        assert "Contents" not in as_aws.client("s3").list_objects_v2(Bucket=bucket)
        assert "Uploads" not in as_aws.client("s3").list_multipart_uploads(Bucket=bucket)

    def test_a_store_that_takes_a_name_twice_is_refused(self, as_aws, bucket):
        with pytest.raises(
            UnfitStore, match=rf"s3://{bucket}/raw/ .* takes one name twice"
        ) as told:
            probe(Overwriting(bucket), "raw/")

        assert told.value.hint
        assert "Contents" not in as_aws.client("s3").list_objects_v2(Bucket=bucket)


@pytest.mark.slow
class TestVetting:
    @pytest.fixture
    def asked(self):
        return []

    @pytest.fixture
    def lake(self, as_aws, bucket, asked, tmp_path, monkeypatch):
        def nothing_goes_wrong(method, path):
            asked.append((method, path))

        (tmp_path / "headwater.yaml").write_text(f"lake: s3://{bucket}\nfeeds: {{sales: {{}}}}\n")
        with faulty(as_aws.url, nothing_goes_wrong) as url:
            monkeypatch.setenv("AWS_ENDPOINT_URL", url)
            yield tmp_path

    def test_who_only_reads_asks_for_nothing_to_be_tried(self, lake, asked):
        with open_lake(lake) as opened:
            opened.status()
            opened.tables()

        assert not [path for _, path in asked if ".probe-" in path]

    def test_a_store_is_tried_in_eleven_calls_before_the_first_write_and_never_again(
        self, lake, asked
    ):
        for number in range(2):
            with open_lake(lake) as opened:
                opened.land("sales", source(lake, b"id\n%d\n" % number, f"{number}.csv"))

        writes = [".probe-" in path for method, path in asked if method == "PUT"]
        assert writes == sorted(writes, reverse=True)
        assert sum(".probe-" in path for _, path in asked) == 11
