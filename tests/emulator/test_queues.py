"""Queues of the box hold what SQS promises, also where many ask at once."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.emulator.making import make_queue, received

_CROWD = """
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from moto.sqs.models import sqs_backends

from headwater.emulator import queues

queues.install()
sqs = sqs_backends["123456789012"]["eu-central-1"]
sqs.create_queue("work", None, VisibilityTimeout="600")
sys.setswitchinterval(1e-6)  # as if many more were at it

def send(number):
    sqs.send_message("work", str(number))

def take(_):
    found = sqs.receive_message("work", 1, 0, 600)
    for message in found:
        sqs.delete_message("work", message.receipt_handle)
    return [message.body for message in found]

with ThreadPoolExecutor(4) as senders, ThreadPoolExecutor(4) as takers:
    sent = [senders.submit(send, number) for number in range(300)]
    bodies = [body for found in takers.map(take, range(600)) for body in found]
    [each.result() for each in sent]
while (left := take(0)):
    bodies += left
assert Counter(bodies) == Counter(map(str, range(300))), len(bodies)
"""


def test_nothing_is_lost_doubled_or_refused_where_many_are_at_one_queue():
    ran = subprocess.run(
        [sys.executable, "-c", _CROWD], capture_output=True, text=True, timeout=100, check=False
    )

    assert ran.returncode == 0, ran.stderr


def test_a_message_is_seen_again_when_its_time_has_passed_in_the_box(aws_in_the_box):
    url, _ = make_queue(aws_in_the_box, "work", VisibilityTimeout="600")
    sqs = aws_in_the_box.client("sqs")
    sqs.send_message(QueueUrl=url, MessageBody="a")
    sqs.receive_message(QueueUrl=url)

    hidden = received(aws_in_the_box, url)
    aws_in_the_box.tick(601)

    assert (hidden, received(aws_in_the_box, url)) == ([], ["a"])


def test_whoever_waits_is_given_what_comes(aws_in_the_box):
    url, _ = make_queue(aws_in_the_box, "work")
    sqs = aws_in_the_box.client("sqs")

    with ThreadPoolExecutor(1) as waiting:
        given = waiting.submit(lambda: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20))
        sqs.send_message(QueueUrl=url, MessageBody="a")

        assert [each["Body"] for each in given.result(timeout=15)["Messages"]] == ["a"]
