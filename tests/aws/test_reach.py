"""Who waits for a service that has never answered is told so, and not for long."""

from __future__ import annotations

import logging
from threading import Event
from types import SimpleNamespace

import pytest

from headwater.adapters.aws import reach
from headwater.adapters.aws.ledger import DynamoLedger
from headwater.adapters.aws.reach import Reach
from headwater.adapters.aws.settings import AwsSettings
from headwater.cli.door import run
from headwater.errors import StoreError
from tests.contracts.work import sighting

NOBODY = "http://127.0.0.1:9"  # where nothing listens
LAKE = """\
lake: s3://acme-lake
region: eu-central-1
ledger: dynamodb://acme
queue: sqs://acme
feeds: {sales: {}}
"""


@pytest.fixture
def nowhere(as_aws, monkeypatch):
    """This process has keys, and no way to AWS."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", NOBODY)


@pytest.fixture
def elapsed():
    return [0.0]


@pytest.fixture
def hears(elapsed):
    """A reach whose clock the test sets, and tries of a service that it hears of."""

    def make(limit_seconds):
        made = Reach(limit_seconds, 5, lambda: elapsed[0])
        tried = SimpleNamespace(url="https://dynamodb.aws.example/?x=1")

        def ended(error=None):
            made._sent("before-send.dynamodb.Query", request=tried)
            made._ended("needs-retry.dynamodb.Query", caught_exception=error)

        return ended

    return make


class TestAService:
    def test_that_never_answered_is_asked_again_while_the_next_try_is_in_time(self, hears, elapsed):
        ended = hears(12)

        ended(OSError("refused"))
        elapsed[0] = 5
        ended(OSError("refused"))

        elapsed[0] = 10
        with pytest.raises(StoreError, match="dynamodb has not answered for 10 s: refused") as told:
            ended(OSError("refused"))
        assert "AWS_ENDPOINT_URL" in told.value.hint

    def test_that_answered_once_is_waited_for_as_long_as_its_client_does(self, hears, elapsed):
        ended = hears(12)
        ended()

        elapsed[0] = 1_000
        ended(OSError("refused"))

    def test_of_a_worker_that_is_patient_is_waited_for(self, hears, elapsed):
        ended = hears(None)
        ended(OSError("refused"))

        elapsed[0] = 1_000
        ended(OSError("refused"))

    def test_that_is_silent_is_told_of_while_it_is_waited_for(self, monkeypatch, caplog):
        monkeypatch.setattr(reach, "WITHIN_SECONDS", 0)
        told = Event()
        monkeypatch.setattr(caplog.handler, "emit", _then(caplog.handler.emit, told.set))
        asked = SimpleNamespace(url="https://dynamodb.aws.example/?x=1")

        with caplog.at_level(logging.WARNING, "headwater"):
            Reach(None, 5)._sent("before-send.dynamodb.Query", request=asked)
            assert told.wait(60)

        assert caplog.messages == [
            "AWS's dynamodb at dynamodb.aws.example has not answered for 0 s"
        ]


def test_clients_hear_of_each_of_their_tries(nowhere):
    client = AwsSettings(region="eu-central-1", first_answer_seconds=0).client("dynamodb")

    with pytest.raises(StoreError, match="has not answered"):
        DynamoLedger(client, "ledger").register([sighting()])


def test_an_error_is_an_answer(as_aws):
    client = AwsSettings(
        region="eu-central-1", first_answer_seconds=0
    ).client("s3")  # fmt: skip

    for _ in range(2):
        with pytest.raises(client.exceptions.NoSuchBucket):
            client.list_objects_v2(Bucket="nobody-made-this")


@pytest.mark.parametrize("words", [["status"], ["tables"], ["work", "--until-idle"], ["sweep"]])
def test_a_verb_tells_what_it_could_not_reach(nowhere, monkeypatch, tmp_path, capsys, words):
    monkeypatch.setattr("headwater.wiring.WITHIN_SECONDS", 0)
    (tmp_path / "headwater.yaml").write_text(LAKE)

    assert run([*words, "-C", str(tmp_path)]) == 1

    said = capsys.readouterr().err
    assert "has not answered for 0 s" in said
    assert "AWS_ENDPOINT_URL" in said


def test_a_lake_is_opened_without_a_word_to_its_queue(nowhere, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("headwater.wiring.WITHIN_SECONDS", 0)
    (tmp_path / "headwater.yaml").write_text(LAKE.replace("s3://acme-lake", "./lake"))

    assert run(["query", "select 1 as one", "-C", str(tmp_path)]) == 0

    assert "1" in capsys.readouterr().out


def _then(first, second):
    def both(*words):
        first(*words)
        second()

    return both
