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
  sales: {match: [sales/**, shops/*/sales.csv], batch: {files: 1}}
"""
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
        env={**os.environ, **environment},
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
    text = f"lake: ./lake\nregion: {REGION}\n{FEEDS}"
    (lake / "headwater.yaml").write_text(text, encoding="utf-8")
    return lake


@pytest.fixture(scope="module")
def laid(tmp_path_factory):
    require_terraform()
    folder = tmp_path_factory.mktemp("deploy")
    lake = make(folder)
    free = folder / "free.tfvars.json"
    free.write_text('{"protected": false}', encoding="utf-8")
    with running() as box:
        environment = {**box.environment, **found_provider(folder)}
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
    assert {"queue", "database", "state machine", "function convert", "table acme"} <= {
        each["name"] for each in smoke
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
    [told] = read(laid, "workflow_status")
    assert (told["key"], told["workflow"], told["status"]) == (
        "sales/a.csv",
        "sales",
        "completed",
    )
    assert told["start"] < told["finish"]


@pytest.mark.slow
@pytest.mark.xdist_group("terraform")
def test_each_prefix_is_told_with_its_workflow(laid):
    told = {each["prefix"]: each for each in read(laid, "workflow_metadata")}

    assert {prefix: each["workflow"] for prefix, each in told.items()} == {
        "sales/": "sales",
        "shops/": "sales",
    }
    assert {each["state_machine"] for each in told.values()} == {laid.places["machine"]}


def test_nothing_is_destroyed_that_was_not_meant(tmp_path):
    told = call(make(tmp_path), "--destroy")

    assert told.returncode == 2
    assert json.loads(told.stdout)["error"]["message"].startswith("nothing was taken away")


def test_where_there_is_no_terraform_it_is_said(tmp_path):
    told = call(make(tmp_path), "--plan", "--image", "acme", PATH=str(tmp_path))

    assert told.returncode == 2
    assert "terraform is not on the PATH" in told.stderr
    assert "Terraform 1.9" in told.stderr
