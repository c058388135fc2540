"""Functions run as real Python, within their limits."""

import base64

from tests.emulator.making import invoke, make_function, package


def test_a_handler_calls_services_as_its_own_account(aws_in_the_box):
    bucket = aws_in_the_box.bucket()
    make_function(
        aws_in_the_box,
        "lists",
        """
        import boto3

        def handle(event, context):
            return [each["Name"] for each in boto3.client("s3").list_buckets()["Buckets"]]
        """,
    )

    assert invoke(aws_in_the_box, "lists") == ([bucket], None)


def test_a_handler_has_its_variables_and_its_context(aws_in_the_box):
    make_function(
        aws_in_the_box,
        "tells",
        """
        import os

        def handle(event, context):
            left = context.get_remaining_time_in_millis()
            return [os.environ["COLOUR"], context.function_name, 0 < left <= 20_000, event]
        """,
        Environment={"Variables": {"COLOUR": "blue"}},
    )

    assert invoke(aws_in_the_box, "tells", {"n": 1})[0] == ["blue", "tells", True, {"n": 1}]


def test_what_is_installed_beside_headwater_can_be_imported(aws_in_the_box):
    make_function(
        aws_in_the_box, "imports", "import headwater\ndef handle(e, c): return headwater.__name__"
    )

    assert invoke(aws_in_the_box, "imports") == ("headwater", None)


def test_what_a_handler_raises_is_answered_as_unhandled(aws_in_the_box):
    make_function(aws_in_the_box, "raises", "def handle(e, c): raise ValueError('no such thing')")

    answer, error = invoke(aws_in_the_box, "raises")

    assert error == "Unhandled"
    assert (answer["errorType"], answer["errorMessage"]) == ("ValueError", "no such thing")


def test_a_handler_that_takes_too_long_is_killed(aws_in_the_box):
    make_function(
        aws_in_the_box,
        "waits",
        "import threading\ndef handle(e, c): threading.Event().wait()",
        Timeout=1,
    )

    answer, error = invoke(aws_in_the_box, "waits")

    assert error == "Unhandled"
    assert answer["errorType"] == "Sandbox.Timedout"


def test_a_handler_that_takes_too_much_memory_is_killed(aws_in_the_box):
    make_function(
        aws_in_the_box,
        "hoards",
        """
        import threading

        def handle(event, context):
            held = b"x" * 300_000_000
            threading.Event().wait(15)
        """,
        MemorySize=128,
    )

    answer, error = invoke(aws_in_the_box, "hoards")

    assert error == "Unhandled"
    assert answer["errorType"] == "Runtime.OutOfMemory"


def test_a_process_that_ends_is_an_error_and_the_next_one_answers(aws_in_the_box):
    make_function(aws_in_the_box, "ends", "import os\ndef handle(e, c): os._exit(3) if e else None")

    assert invoke(aws_in_the_box, "ends", {"end": True})[0]["errorType"] == "Runtime.ExitError"
    assert invoke(aws_in_the_box, "ends", {}) == (None, None)


def test_a_process_is_kept_warm_and_new_code_has_a_new_one(aws_in_the_box):
    counting = "calls = []\ndef handle(e, c): calls.append(1); return [{!r}, len(calls)]"
    make_function(aws_in_the_box, "counts", counting.format("old"))

    assert invoke(aws_in_the_box, "counts")[0] == ["old", 1]
    assert invoke(aws_in_the_box, "counts")[0] == ["old", 2]
    aws_in_the_box.client("lambda").update_function_code(
        FunctionName="counts", ZipFile=package(app=counting.format("new"))
    )
    assert invoke(aws_in_the_box, "counts")[0] == ["new", 1]


def test_what_a_handler_prints_is_in_its_log(aws_in_the_box):
    make_function(aws_in_the_box, "prints", "def handle(e, c): print('so it goes')")

    answer = aws_in_the_box.client("lambda").invoke(FunctionName="prints", LogType="Tail")
    logs = aws_in_the_box.client("logs")
    kept = logs.filter_log_events(logGroupName="/aws/lambda/prints")["events"]

    assert b"so it goes" in base64.b64decode(answer["LogResult"])
    assert any("so it goes" in each["message"] for each in kept)
