"""Glue jobs run their scripts, and end as their scripts end."""

import pytest

from tests.emulator.making import execute, make_machine


def make_job(box, name, script, kind="pythonshell", **words):
    """A job of this script."""
    bucket = box.bucket()
    box.client("s3").put_object(Bucket=bucket, Key="job.py", Body=script.encode())
    box.client("glue").create_job(
        Name=name,
        Role=box.role(),
        Command={"Name": kind, "ScriptLocation": f"s3://{bucket}/job.py", "PythonVersion": "3.9"},
        **words,
    )
    return bucket


def run_job(box, name, **arguments):
    """How a run of the job ended."""
    glue = box.client("glue")
    said = {f"--{key}": value for key, value in arguments.items()}
    run = glue.start_job_run(JobName=name, Arguments=said)["JobRunId"]
    running = glue.get_job_run(JobName=name, RunId=run)["JobRun"]["JobRunState"]
    assert box.quiet(60)
    return running, glue.get_job_run(JobName=name, RunId=run)["JobRun"]


_COPIES = """
import sys
import boto3
from awsglue.utils import getResolvedOptions

told = getResolvedOptions(sys.argv, ["bucket", "to"])
boto3.client("s3").put_object(Bucket=told["bucket"], Key=told["to"], Body=told["JOB_NAME"].encode())
print("so it goes")
"""


def test_a_script_runs_with_its_arguments_and_its_log_is_kept(aws_in_the_box):
    bucket = make_job(aws_in_the_box, "copies", _COPIES, DefaultArguments={"--to": "here"})

    running, ended = run_job(aws_in_the_box, "copies", bucket=bucket)

    copied = aws_in_the_box.client("s3").get_object(Bucket=bucket, Key="here")["Body"].read()
    kept = aws_in_the_box.client("logs").get_log_events(
        logGroupName="/aws-glue/jobs/output", logStreamName=ended["Id"]
    )
    assert (running, ended["JobRunState"], copied) == ("RUNNING", "SUCCEEDED", b"copies")
    assert [each["message"] for each in kept["events"]] == ["so it goes"]


def test_a_script_that_fails_is_a_run_that_failed_and_says_why(aws_in_the_box):
    make_job(aws_in_the_box, "fails", "raise SystemExit('there is nothing to do')")

    _, ended = run_job(aws_in_the_box, "fails")

    assert ended["JobRunState"] == "FAILED"
    assert "there is nothing to do" in ended["ErrorMessage"]


def test_a_script_that_is_not_there_is_a_run_that_failed(aws_in_the_box):
    bucket = make_job(aws_in_the_box, "gone", "")
    aws_in_the_box.client("s3").delete_object(Bucket=bucket, Key="job.py")

    assert run_job(aws_in_the_box, "gone")[1]["JobRunState"] == "FAILED"


def test_a_job_of_spark_says_that_spark_is_missing_where_it_is(aws_in_the_box):
    make_job(aws_in_the_box, "sparks", "import pyspark", kind="glueetl")

    _, ended = run_job(aws_in_the_box, "sparks")

    try:
        import pyspark  # noqa: F401 - whether it is there
    except ImportError:
        assert "pyspark is not installed" in ended["ErrorMessage"]
    else:
        assert ended["JobRunState"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("script", "ended"),
    [("pass", ("SUCCEEDED", None)), ("raise SystemExit(1)", ("FAILED", "States.TaskFailed"))],
)
def test_a_machine_waits_for_a_job_and_ends_as_it_does(aws_in_the_box, script, ended):
    make_job(aws_in_the_box, "works", script)
    machine = make_machine(
        aws_in_the_box,
        "runs",
        Run={
            "Type": "Task",
            "Resource": "arn:aws:states:::glue:startJobRun.sync",
            "Parameters": {"JobName": "works"},
            "End": True,
        },
    )

    status, _, error = execute(aws_in_the_box, machine)
    assert (status, error) == ended
