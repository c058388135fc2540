"""One command lays a lake down on a double of AWS, and what is put there becomes rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from headwater.emulator.box import REGION, Box, running
from headwater.wiring import open_lake
from tests.infra.stage import found_provider, require_terraform

FEEDS = """\
feeds:
  sales: {match: ["${BUCKET}/**", shops/*/sales.csv], batch: {files: 1}}
  clicks: {match: clicks/**, batch: {files: 1}, lambda_below: 1KB}
models:
  totals: {file: models/totals.sql}
notify:
  - {webhook: "http://127.0.0.1:9/", headers: {Authorization: "${HOOK}"}}
"""
WORDS = {"BUCKET": "sales", "HOME_OF_LAKE": "./lake"}
_ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:hook-Ab12Cd"
_PATIENCE_SECONDS = 500


@dataclass(frozen=True)
class Laid:
    """A lake that was laid down, and what the command said of it."""

    lake: Path
    box: Box
    environment: dict[str, str]
    document: dict

    def call(self, *words, **more):
        return call(self.lake, *words, **{**self.environment, **more})

    @property
    def places(self):
        state = self.lake / ".headwater" / "deploy" / "terraform.tfstate"
        outputs = json.loads(state.read_text(encoding="utf-8"))["outputs"]
        return {name: each["value"] for name, each in outputs.items()}


def call(lake, *words, **environment):
    return subprocess.run(
        [sys.executable, "-m", "headwater", "deploy", *words, "-C", str(lake), "--json"],
        env={**os.environ, **WORDS, "HOOK": _ARN, **environment},
        capture_output=True,
        text=True,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )


def read(laid, table):
    """What stands in one of the tables of workflows, as anyone reads it."""
    name = laid.places["workflow_tables"][table]
    items = laid.box.client("dynamodb").scan(TableName=name)["Items"]
    return [{key: next(iter(each.values())) for key, each in item.items()} for item in items]


def make(folder):
    lake = folder / "acme"
    lake.mkdir()
    text = f"lake: ${{HOME_OF_LAKE}}\nregion: {REGION}\n{FEEDS}"
    (lake / "headwater.yaml").write_text(text, encoding="utf-8")
    (lake / "models").mkdir()
    (lake / "models" / "totals.sql").write_text("select count(*) as ids from sales")
    return lake


@pytest.fixture(scope="module")
def laid(tmp_path_factory):
    require_terraform()
    folder = tmp_path_factory.mktemp("deploy")
    lake = make(folder)
    free = folder / "free.tfvars.json"
    free.write_text('{"protected": false}', encoding="utf-8")
    with running() as box:
        hook = box.client("secretsmanager").create_secret(Name="hook", SecretString="hush")
        words = {**WORDS, "HOOK": hook["ARN"]}
        environment = {**box.environment, **found_provider(folder), **words}
        told = call(lake, "--apply", "--endpoint", box.url, "--var-file", str(free), **environment)
        assert told.returncode == 0, told.stdout[-2000:] + told.stderr[-4000:]
        made = Laid(lake, box, environment, json.loads(told.stdout))
        yield made
        gone = made.call("--destroy", "--yes", "--var-file", str(free))
        assert gone.returncode == 0, gone.stderr[-4000:]
        assert len(json.loads(gone.stdout)["destroyed"]) > 60
        assert box.client("s3").list_buckets()["Buckets"] == []


@pytest.mark.slow
@pytest.mark.xdist_group("terraform")
def test_all_that_was_laid_down_answers(laid):
    smoke = laid.document["smoke"]

    assert [each for each in smoke if not each["well"]] == []
    assert {"queue", "database", "function convert", "table acme", "a file's way"} <= {
        each["name"] for each in smoke
    }


@pytest.mark.slow
@pytest.mark.xdist_group("terraform")
def test_nothing_is_left_of_asking(laid):
    s3, places = laid.box.client("s3"), laid.places
    for zone in ("raw", "manifests"):
        told = s3.list_object_versions(Bucket=places["buckets"][zone], Prefix="_headwater/")
        assert not {"Versions", "DeleteMarkers"} & set(told), zone
    assert laid.document["smoke"][-1]["found"].startswith("a file was heard of")
    assert {each["key"] for each in read(laid, "workflow_status")} <= {
        "sales/a.csv",
        "clicks/a.csv",
    }


@pytest.mark.slow
@pytest.mark.xdist_group("terraform")
def test_a_file_that_is_put_into_the_raw_zone_becomes_rows(laid, monkeypatch):
    for name, value in laid.environment.items():
        monkeypatch.setenv(name, value)
    raw = laid.places["buckets"]["raw"]

    laid.box.client("s3").put_object(Bucket=raw, Key="sales/a.csv", Body=b"id\n1\n2\n")

    assert laid.box.quiet(90)
    with open_lake(laid.document["configuration"]) as lake:
        assert sorted(lake.query("select id from sales").rows()) == [(1,), (2,)]
        _await_model(laid)
        assert lake.query("select ids from totals").rows() == [(2,)]
        answer = lake.query("select count(*) as n, sum(id) as ids from sales", on="athena")
        assert [tuple(map(int, row)) for row in answer.rows()] == [(2, 3)]
        assert answer.bill is not None
    [told] = [each for each in read(laid, "workflow_status") if each["key"] == "sales/a.csv"]
    assert (told["workflow"], told["status"]) == ("sales", "completed")
    assert told["start"] < told["finish"]


@pytest.mark.slow
@pytest.mark.xdist_group("terraform")
def test_a_batch_that_its_feed_calls_large_goes_to_a_job_that_came_with_it(laid, monkeypatch):
    for name, value in laid.environment.items():
        monkeypatch.setenv(name, value)
    raw, glue = laid.places["buckets"]["raw"], laid.box.client("glue")
    text = "id\n" + "\n".join(map(str, range(1_000)))

    laid.box.client("s3").put_object(Bucket=raw, Key="clicks/a.csv", Body=text.encode())

    assert laid.box.quiet(90)
    with open_lake(laid.document["configuration"]) as lake:
        assert lake.query("select count(*), sum(id) from clicks").rows() == [(1_000, 499_500)]
    [job] = glue.get_jobs()["Jobs"]
    [run] = glue.get_job_runs(JobName=job["Name"])["JobRuns"]
    assert run["JobRunState"] == "SUCCEEDED"
    assert "/jobs/headwater-" in job["DefaultArguments"]["--additional-python-modules"]


def _await_model(laid):
    """Its timer is a minute away."""
    laid.box.tick(60)
    assert laid.box.quiet(90)


@pytest.mark.slow
@pytest.mark.xdist_group("terraform")
def test_what_headwater_yaml_names_and_takes_goes_along_and_is_told(laid):
    assert laid.document["takes"] == {
        "files": ["models/totals.sql"],
        "words": ["BUCKET"],
        "secrets": ["HOOK"],
        "left": [],
    }


@pytest.mark.slow
@pytest.mark.xdist_group("terraform")
def test_each_prefix_is_told_with_its_workflow(laid):
    told = {each["prefix"]: each for each in read(laid, "workflow_metadata")}

    assert {prefix: each["workflow"] for prefix, each in told.items()} == {
        "clicks/": "clicks",
        "sales/": "sales",
        "shops/": "sales",
    }
    assert {each["state_machine"] for each in told.values()} == {laid.places["machine"]}


def test_nothing_is_destroyed_that_was_not_meant(tmp_path):
    told = call(make(tmp_path), "--destroy")

    assert told.returncode == 2
    assert json.loads(told.stdout)["error"]["message"].startswith("nothing was taken away")


def test_a_protected_lake_is_not_taken_away_by_halves(tmp_path):
    require_terraform()
    lake = make(tmp_path)
    site = lake / ".headwater" / "deploy"
    site.mkdir(parents=True)
    (site / "terraform.tfvars.json").write_text("{}")
    kept = {"value": True, "type": "bool"}
    state = {"version": 4, "serial": 1, "lineage": "x", "outputs": {"protected": kept}}
    (site / "terraform.tfstate").write_text(json.dumps(state))

    told = call(lake, "--destroy", "--yes")

    assert told.returncode == 2
    error = json.loads(told.stdout)["error"]
    assert error["message"].startswith("nothing was taken away: acme is protected")
    assert "--apply --var-file" in error["hint"]


def test_where_there_is_no_terraform_it_is_said(tmp_path):
    told = call(make(tmp_path), "--plan", "--image", "acme", PATH=str(tmp_path))

    assert told.returncode == 2
    assert "terraform is not on the PATH" in told.stderr
    assert "Terraform 1.9" in told.stderr
