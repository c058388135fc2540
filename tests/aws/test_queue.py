"""SqsQueue keeps the queue's contract."""

from __future__ import annotations

import itertools
import os
from functools import partial

import pytest

from headwater.adapters.aws.queue import SqsQueue, create_queue
from headwater.adapters.aws.settings import AwsSettings
from headwater.errors import StoreError
from headwater.ports.queue import Depth
from tests.aws.faults import AFTER, BEFORE, SLOW_DOWN, faulty, first
from tests.contracts.queue import MINUTE, QueueContract

_numbers = itertools.count(1)


@pytest.fixture
def url(as_aws):
    return create_queue(f"queue-{os.getpid()}-{next(_numbers)}", max_receives=3)


@pytest.fixture
def queue(url):
    queue = SqsQueue(url)
    yield queue
    queue.close()


@pytest.fixture
def pass_time(as_aws):
    return lambda span: as_aws.tick(span.total_seconds())


@pytest.fixture
def open_queue(url):
    return partial(SqsQueue, url)


class TestSqsQueue(QueueContract):
    """Every promise of the contract."""

    MANY = 300  # the double takes longer with every message that it has
    RACED_FOR = 100


@pytest.mark.parametrize("fault", [BEFORE, AFTER, SLOW_DOWN])
def test_messages_come_through_faults_once_at_least(as_aws, url, queue, fault):
    with faulty(as_aws.url, first(1, "POST", fault)) as way:
        SqsQueue(url, AwsSettings(endpoint=way)).send(["a"])

    assert {message.body for message in queue.receive(hidden_for=MINUTE)} == {"a"}


def test_bodies_that_do_not_fit_into_one_request_go_in_several(queue):
    bodies = [str(number) * 100_000 for number in range(5)]

    queue.send(bodies)

    received = queue.receive(hidden_for=MINUTE)
    assert sorted(message.body for message in received) == bodies


class PartlyRefusing(SqsQueue):
    """SQS takes a part of each batch for once, and says so."""

    def __init__(self, url):
        super().__init__(url)
        self.refused = 0
        real = self._sqs.send_message_batch

        def partly(QueueUrl, Entries):  # noqa: N803 - the vendor's names
            if self.refused:
                return real(QueueUrl=QueueUrl, Entries=Entries)
            self.refused = len(Entries) - 3
            failed = [{"Id": e["Id"], "Code": "InternalError"} for e in Entries[3:]]
            return real(QueueUrl=QueueUrl, Entries=Entries[:3]) | {"Failed": failed}

        self._sqs.send_message_batch = partly


def test_what_was_refused_of_a_batch_is_sent_again(url, queue):
    refusing = PartlyRefusing(url)

    refusing.send([str(number) for number in range(10)])

    assert refusing.refused == 7
    received = queue.receive(hidden_for=MINUTE)
    assert sorted(message.body for message in received) == [str(n) for n in range(10)]


def test_a_queue_that_is_not_there_is_named(as_aws):
    with pytest.raises(StoreError, match="nobodys-queue does not exist"):
        SqsQueue(f"{as_aws.url}/123456789012/nobodys-queue").receive(hidden_for=MINUTE)


def test_a_queue_without_dead_letters_says_so(as_aws):
    url = as_aws.client("sqs").create_queue(QueueName="alone")["QueueUrl"]

    with pytest.raises(StoreError, match="has no queue for dead letters"):
        SqsQueue(url).dead_letters()


def test_looking_at_dead_letters_leaves_them_to_be_redriven(queue):
    queue.send(["poison"])
    for _ in range(3):
        [message] = queue.receive(hidden_for=MINUTE)
        queue.extend([message.handle], hidden_for=MINUTE * 0)
    queue.receive(hidden_for=MINUTE)

    assert [letter.body for letter in queue.dead_letters()] == ["poison"]
    assert queue.redrive() == 1
    assert queue.depth() == Depth(waiting=1, in_flight=0, dead=0)
