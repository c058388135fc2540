"""S3 tells of each object once, with what AWS tells."""

import json
from datetime import datetime

from tests.emulator.making import make_function, make_queue, notify, received, told_keys


def _told(box):
    url, arn = make_queue(box, "told")
    bucket = box.bucket()
    notify(box, bucket, queue=arn)
    received(box, url)  # the test event
    return box.client("s3"), bucket, url


def test_a_key_is_encoded_and_its_slashes_are_not(aws_in_the_box):
    s3, bucket, url = _told(aws_in_the_box)

    s3.put_object(Bucket=bucket, Key="sales/day=1/ä b.csv", Body=b"x")

    assert told_keys(aws_in_the_box, url) == ["sales/day%3D1/%C3%A4+b.csv"]


def test_an_upload_of_several_parts_is_told_once(aws_in_the_box):
    s3, bucket, url = _told(aws_in_the_box)

    upload = s3.create_multipart_upload(Bucket=bucket, Key="large")["UploadId"]
    where = {"Bucket": bucket, "Key": "large", "UploadId": upload}
    part = s3.upload_part(**where, PartNumber=1, Body=b"x" * 10)
    parts = [{"PartNumber": 1, "ETag": part["ETag"]}]
    s3.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})

    (event,) = [json.loads(body) for body in received(aws_in_the_box, url)]
    assert event["Records"][0]["eventName"] == "ObjectCreated:CompleteMultipartUpload"


def test_events_say_version_and_order(aws_in_the_box):
    s3, bucket, url = _told(aws_in_the_box)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})

    versions = [
        s3.put_object(Bucket=bucket, Key="a", Body=body)["VersionId"] for body in (b"1", b"2")
    ]

    events = [json.loads(body) for body in received(aws_in_the_box, url)]
    objects = [event["Records"][0]["s3"]["object"] for event in events]
    objects.sort(key=lambda each: each["sequencer"])
    assert [each["versionId"] for each in objects] == versions


def test_a_topic_hands_on_what_s3_told_it(aws_in_the_box):
    url, arn = make_queue(aws_in_the_box, "told")
    sns, bucket = aws_in_the_box.client("sns"), aws_in_the_box.bucket()
    topic = sns.create_topic(Name="objects")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    notify(aws_in_the_box, bucket, topic=topic)
    received(aws_in_the_box, url)

    aws_in_the_box.client("s3").put_object(Bucket=bucket, Key="a", Body=b"x")

    (envelope,) = [json.loads(body) for body in received(aws_in_the_box, url)]
    event = json.loads(envelope["Message"])
    assert event["Records"][0]["s3"]["object"]["key"] == "a"


def test_a_put_does_not_wait_for_the_function_that_is_told(aws_in_the_box):
    seen, _ = make_queue(aws_in_the_box, "seen")
    function = make_function(
        aws_in_the_box,
        "told",
        """
        import os, boto3

        def handle(event, context):
            key = event["Records"][0]["s3"]["object"]["key"]
            boto3.client("sqs").send_message(QueueUrl=os.environ["SEEN"], MessageBody=key)
        """,
        Environment={"Variables": {"SEEN": seen}},
    )
    bucket = aws_in_the_box.bucket()
    notify(aws_in_the_box, bucket, function=function)

    aws_in_the_box.client("s3").put_object(Bucket=bucket, Key="a", Body=b"x")
    before = received(aws_in_the_box, seen)
    assert aws_in_the_box.quiet()

    assert before == []
    assert received(aws_in_the_box, seen) == ["a"]


def test_a_publisher_does_not_wait_for_the_function_that_is_told(aws_in_the_box):
    seen, _ = make_queue(aws_in_the_box, "seen")
    function = make_function(
        aws_in_the_box,
        "told",
        """
        import os, boto3

        def handle(event, context):
            said = event["Records"][0]["Sns"]["Message"]
            boto3.client("sqs").send_message(QueueUrl=os.environ["SEEN"], MessageBody=said)
        """,
        Environment={"Variables": {"SEEN": seen}},
    )
    sns = aws_in_the_box.client("sns")
    topic = sns.create_topic(Name="news")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function)

    sns.publish(TopicArn=topic, Message="hello")
    before = received(aws_in_the_box, seen)
    assert aws_in_the_box.quiet()

    assert (before, received(aws_in_the_box, seen)) == ([], ["hello"])


def test_eventbridge_is_told_in_its_own_words(aws_in_the_box):
    url, arn = make_queue(aws_in_the_box, "told")
    bucket, events = aws_in_the_box.bucket(), aws_in_the_box.client("events")
    pattern = {"source": ["aws.s3"], "detail": {"bucket": {"name": [bucket]}}}
    events.put_rule(Name="objects", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="objects", Targets=[{"Id": "1", "Arn": arn}])
    notify(aws_in_the_box, bucket, bridge=True)

    aws_in_the_box.client("s3").put_object(Bucket=bucket, Key="a b", Body=b"x")

    (event,) = [json.loads(body) for body in received(aws_in_the_box, url)]
    assert event["detail-type"] == "Object Created"
    assert event["detail"]["object"]["key"] == "a b"
    assert event["detail"]["reason"] == "PutObject"
    assert datetime.strptime(event["time"], "%Y-%m-%dT%H:%M:%S%z")
