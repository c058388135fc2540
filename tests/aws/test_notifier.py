"""A topic of SNS is told of events: as text for people, as JSON for programs."""

from __future__ import annotations

import json
import os
from itertools import count

import pytest

from headwater.adapters.aws.notifier import SnsNotifier, text_of
from headwater.adapters.aws.settings import AwsSettings
from headwater.config.load import parse
from headwater.errors import ConfigError, NotifyFailed
from headwater.model.event import EventKind
from headwater.model.notify import Notify, Topic
from tests.contracts.notifier import DOCUMENT, NotifierContract
from tests.flow import lakes

_numbers = count(1)


class Listening:
    """A topic, and a queue that has subscribed to it."""

    def __init__(self, aws, **attributes):
        self._sqs, sns = aws.client("sqs"), aws.client("sns")
        name = f"events-{os.getpid()}-{next(_numbers)}"
        self.arn = sns.create_topic(Name=name)["TopicArn"]
        self.name = name
        self._url = self._sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        endpoint = arn["Attributes"]["QueueArn"]
        sns.subscribe(TopicArn=self.arn, Protocol="sqs", Endpoint=endpoint, Attributes=attributes)
        self._box = aws

    def heard(self):
        """What SNS handed on, in order."""
        assert self._box.quiet()
        found = []
        while messages := self._sqs.receive_message(
            QueueUrl=self._url, MaxNumberOfMessages=10, AttributeNames=["SentTimestamp"]
        ).get("Messages"):
            found += messages
        return [json.loads(each["Body"]) for each in found]


@pytest.fixture
def listening(as_aws):
    return Listening(as_aws)


def told(topic, **settings):
    return SnsNotifier(Notify("s", Topic(topic)), Topic(topic), AwsSettings(**settings))


class TestSnsNotifier(NotifierContract):
    @pytest.fixture(params=["by its ARN", "by its name"])
    def notifier(self, request, listening):
        return told(listening.arn if request.param == "by its ARN" else listening.name)

    @pytest.fixture
    def heard(self, listening):
        def heard():
            found = [json.loads(each["Message"]) for each in listening.heard()]
            return sorted(found, key=lambda each: each["id"])  # SNS keeps no order

        return heard

    @pytest.fixture
    def deaf(self, as_aws, monkeypatch):
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cret")
        return told("arn:aws:sns:eu-central-1:123456789012:nowhere")

    def test_a_name_that_no_topic_has_is_told(self, as_aws):
        with pytest.raises(NotifyFailed, match="there is no topic nowhere of SNS"):
            told("nowhere").tell(DOCUMENT)

    def test_one_that_cannot_be_reached_is_told(self, as_aws, listening):
        with pytest.raises(NotifyFailed, match="could not be reached"):
            told(listening.arn, endpoint="http://127.0.0.1:9", tries=1).tell(DOCUMENT)

    def test_one_that_has_no_region_is_told_when_it_is_to_tell(self, as_aws, monkeypatch, tmp_path):
        for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
            monkeypatch.delenv(name)
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
        notifier = told("events")

        with pytest.raises(NotifyFailed, match="needs a region"):
            notifier.tell(DOCUMENT)

    def test_the_subject_is_one_line_that_says_what_happened(self, listening):
        told(listening.arn).tell({**DOCUMENT, "feed": "größe\n", "subject": "s" * 200})

        (each,) = listening.heard()
        assert each["Subject"].startswith("Headwater: gr??e  late sss")
        assert len(each["Subject"]) == 100

    def test_whoever_subscribes_may_filter_by_kind(self, as_aws):
        listening = Listening(as_aws, FilterPolicy=json.dumps({"kind": ["failed"]}))
        notifier = told(listening.arn)

        notifier.tell(DOCUMENT)
        notifier.tell({**DOCUMENT, "id": 8, "kind": "failed"})

        assert [json.loads(each["Message"])["id"] for each in listening.heard()] == [8]


def test_the_text_says_what_to_do():
    document = {"message": "sales is late", "hint": "headwater status sales", "at": "noon"}

    assert text_of(document) == ("sales is late\n\nWhat to do: headwater status sales\n\nat: noon")


def test_a_lake_tells_a_topic(as_aws, listening, tmp_path):
    more = f"notify: [{{sns: {listening.name}, on: quarantined}}]\n"
    with lakes.make(tmp_path, more=more) as lake:
        lake.work()  # from here on, somebody looks
        file = tmp_path / "a.csv"
        file.write_text("id,day,qty\n1,2026-01-05,x\n", encoding="utf-8")
        lake.ingest("sales", file)
        lake.work()

    (each,) = listening.heard()
    assert json.loads(each["Message"])["message"] == "sales: 1 row refused"
    assert each["MessageAttributes"]["kind"]["Value"] == "quarantined"


def test_the_configuration_takes_a_name_or_an_arn(tmp_path):
    arn = "arn:aws:sns:eu-central-1:123456789012:events"
    text = f"notify:\n  - {{sns: events, on: late}}\n  - {{sns: '{arn}', name: all}}\n"

    first, second = parse(text, root=tmp_path).notify

    assert (first.way, first.on) == (Topic("events"), {EventKind.LATE})
    assert (second.way, second.name) == (Topic(arn), "all")


@pytest.mark.parametrize("topic", ["a b", "arn:aws:sqs:eu-central-1:123456789012:x", "x.fifo"])
def test_what_is_no_topic_is_refused(topic, tmp_path):
    with pytest.raises(ConfigError, match="is no topic of SNS"):
        parse(f"notify:\n  - {{sns: '{topic}'}}\n", root=tmp_path)
