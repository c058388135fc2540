"""State machines run, and call the services of the box."""

import json

from tests.emulator.making import execute, make_function, make_machine, make_queue, received

_DONE = {"Type": "Succeed"}


def _task(resource, parameters, **words):
    return {
        "Type": "Task",
        "Resource": f"arn:aws:states:::{resource}",
        "Parameters": parameters,
        **words,
    }


def test_a_machine_chooses_invokes_and_answers(aws_in_the_box):
    make_function(aws_in_the_box, "doubles", "def handle(e, c): return {'n': 2 * e['n']}")
    choice = {"Variable": "$.n", "NumericLessThan": 100, "Next": "Double"}
    machine = make_machine(
        aws_in_the_box,
        "chooses",
        Choose={"Type": "Choice", "Choices": [choice], "Default": "Done"},
        Double=_task(
            "lambda:invoke",
            {"FunctionName": "doubles", "Payload.$": "$"},
            OutputPath="$.Payload",
            Next="Choose",
        ),
        Done=_DONE,
    )

    assert execute(aws_in_the_box, machine, n=30)[:2] == ("SUCCEEDED", {"n": 120})


def test_what_fails_is_retried_and_then_caught(aws_in_the_box):
    tries, _ = make_queue(aws_in_the_box, "tries")
    make_function(
        aws_in_the_box,
        "fails",
        """
        import boto3

        def handle(event, context):
            boto3.client("sqs").send_message(QueueUrl=event["tries"], MessageBody="tried")
            raise ValueError("never")
        """,
    )
    retry = {"ErrorEquals": ["ValueError"], "IntervalSeconds": 1, "MaxAttempts": 1}
    machine = make_machine(
        aws_in_the_box,
        "tries",
        Try=_task(
            "lambda:invoke",
            {"FunctionName": "fails", "Payload.$": "$"},
            Retry=[retry],
            Catch=[{"ErrorEquals": ["States.ALL"], "ResultPath": "$.why", "Next": "Done"}],
            End=True,
        ),
        Done=_DONE,
    )

    status, output, _ = execute(aws_in_the_box, machine, tries=tries)

    assert (status, output["why"]["Error"]) == ("SUCCEEDED", "ValueError")
    assert received(aws_in_the_box, tries) == ["tried", "tried"]


def test_a_machine_writes_to_tables_queues_and_topics(aws_in_the_box):
    url, arn = make_queue(aws_in_the_box, "told")
    sns, tables = aws_in_the_box.client("sns"), aws_in_the_box.client("dynamodb")
    topic = sns.create_topic(Name="told")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    tables.create_table(
        TableName="kept",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    kept = {"TableName": "kept", "Item": {"id": {"S.$": "$.id"}}}
    machine = make_machine(
        aws_in_the_box,
        "writes",
        Put=_task("dynamodb:putItem", kept, ResultPath=None, Next="Send"),
        Send=_task(
            "sqs:sendMessage",
            {"QueueUrl": url, "MessageBody.$": "$.id"},
            ResultPath=None,
            Next="Tell",
        ),
        Tell=_task("sns:publish", {"TopicArn": topic, "Message.$": "$.id"}, End=True),
    )

    assert execute(aws_in_the_box, machine, id="seven")[0] == "SUCCEEDED"
    assert tables.get_item(TableName="kept", Key={"id": {"S": "seven"}})["Item"]
    sent, told = sorted(received(aws_in_the_box, url), key=len)
    assert (sent, json.loads(told)["Message"]) == ("seven", "seven")


def test_executions_without_a_name_are_executions_of_their_own(aws_in_the_box):
    machine = make_machine(aws_in_the_box, "passes", Pass={"Type": "Pass", "End": True})

    assert execute(aws_in_the_box, machine, n=1)[1] == {"n": 1}
    assert execute(aws_in_the_box, machine, n=1)[1] == {"n": 1}


def test_a_definition_is_validated_before_it_is_made(aws_in_the_box):
    states = aws_in_the_box.client("stepfunctions")
    good = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}})
    bad = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Succed"}}})

    assert states.validate_state_machine_definition(definition=good)["result"] == "OK"
    assert states.validate_state_machine_definition(definition=bad)["result"] == "FAIL"


def test_versions_are_listed_newest_first(aws_in_the_box):
    machine = make_machine(aws_in_the_box, "passes", Pass={"Type": "Pass", "End": True})
    states = aws_in_the_box.client("stepfunctions")

    for text in ("one", "two"):
        definition = {"Comment": text, "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}
        states.update_state_machine(
            stateMachineArn=machine, definition=json.dumps(definition), publish=True
        )

    listed = states.list_state_machine_versions(stateMachineArn=machine)["stateMachineVersions"]
    assert [each["stateMachineVersionArn"] for each in listed] == [f"{machine}:2", f"{machine}:1"]
