"""From a PUT to rows, through functions and machines, and what goes wrong on the way."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from headwater.machines.machine import ATTEMPT_FAILED, GIVEN_UP, Large
from headwater.model.manifest import ManifestState
from tests.emulator.making import invoke, package
from tests.emulator.test_jobs import make_job

JOB = Path(__file__).parents[2] / "infra" / "jobs" / "convert.py"
CSV = "id,amount\n1,2.50\n2,3.50\n"
ALONE = "feeds:\n  sales: {match: sales/**, batch: {files: 1}, MORE}\n"


def feeds(more):
    return ALONE.replace("MORE", more)


def ids(lake):
    return [row[0] for row in lake.rows()]


def test_a_file_that_is_put_and_told_of_twice_becomes_rows_once(deploy):
    lake = deploy()
    lake.box.spoil({"duplicate": 1.0})

    lake.put("sales/a.csv", CSV)

    assert lake.box.quiet(60)
    assert ids(lake) == [1, 2]
    assert list(lake.executions().values()) == ["SUCCEEDED"]
    assert lake.waiting(lake.queue) == 0


@pytest.mark.slow
def test_a_file_that_no_event_told_of_is_found_by_the_timer(deploy):
    lake = deploy()
    lake.box.spoil({"lost": 1.0})
    lake.put("sales/a.csv", CSV)
    assert lake.box.quiet(60)
    assert not lake.executions()

    event = {"reconcile": True, "days": 3}
    answer, error = invoke(lake.box, f"arrivals-{lake.bucket}", event)

    assert error is None
    assert lake.box.quiet(60)
    assert list(lake.executions()) == answer["begun"]
    assert ids(lake) == [1, 2]


def test_a_message_that_nobody_understands_returns_alone(deploy):
    lake = deploy()
    lake.box.spoil({"lost": 1.0})
    lake.put("sales/a.csv", CSV)
    bodies = ["junk", json.dumps({"raw": "sales/a.csv"})]
    records = [{"messageId": f"m{at}", "body": body} for at, body in enumerate(bodies)]

    answer, _ = invoke(lake.box, f"arrivals-{lake.bucket}", {"Records": records})

    assert answer["batchItemFailures"] == [{"itemIdentifier": "m0"}]
    assert len(answer["begun"]) == 1


@pytest.mark.slow
def test_a_function_that_is_killed_is_asked_again(deploy):
    lake = deploy()
    lake.box.spoil({f"kill_nth.convert-{lake.bucket}": 1})

    lake.put("sales/a.csv", CSV)

    assert lake.box.quiet(60)
    assert lake.box.spoiled() == {"kill": 1}
    assert list(lake.executions().values()) == ["SUCCEEDED"]
    assert ids(lake) == [1, 2]


def broken(lake):
    """The same, with a function that cannot convert."""
    code = package(app="def handle(event, context): raise OSError('no such library')")
    lake.box.client("lambda").update_function_code(
        FunctionName=f"convert-{lake.bucket}", ZipFile=code
    )
    return lake


@pytest.mark.slow
def test_an_attempt_that_dies_is_recorded_and_counts(deploy):
    lake = broken(deploy())

    lake.put("sales/a.csv", CSV)

    assert lake.box.quiet(60)
    (manifest,) = lake.lake._world.ledger.manifests()
    assert list(lake.executions().values()) == ["FAILED"]
    assert (manifest.state, manifest.attempt) == (ManifestState.OPEN, 1)
    assert "no such library" in manifest.error


@pytest.mark.slow
def test_an_execution_says_by_its_error_whether_the_batch_was_given_up(deploy):
    tried_again = broken(deploy())
    given_up = deploy(feeds("checks: [{unique: [id], action: halt}]"))

    for lake, error in ((tried_again, ATTEMPT_FAILED), (given_up, GIVEN_UP)):
        lake.put("sales/a.csv", CSV + "2,4.50\n")

        assert lake.box.quiet(60)
        [execution] = lake.executions()
        assert lake.error(execution) == error


@pytest.mark.slow
def test_a_large_batch_is_converted_by_a_job(deploy):
    lake = deploy(feeds("lambda_below: 0"), Large.GLUE)
    make_job(lake.box, lake.bucket, JOB.read_text(encoding="utf-8"))

    lake.put("sales/a.csv", CSV)

    assert lake.box.quiet(60)
    assert list(lake.executions().values()) == ["SUCCEEDED"]
    assert ids(lake) == [1, 2]
    assert lake.box.client("glue").get_job_runs(JobName=lake.bucket)["JobRuns"]


@pytest.mark.slow
def test_the_script_of_jobs_tries_the_batch_that_its_arguments_name(deploy):
    lake = deploy()
    lake.box.spoil({"lost": 1.0})
    lake.put("sales/a.csv", CSV)
    assert lake.box.quiet(60)
    lake.lake.reconcile()
    [due] = lake.lake.dispatch()

    words = ["--manifest", due.manifest, "--lake", lake.place, "--JOB_NAME=acme-glue"]
    done = subprocess.run(
        [sys.executable, JOB, *words],
        env={**os.environ, **lake.box.environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert ids(lake) == [1, 2]
