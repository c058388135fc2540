"""A lake is laid down in the account at hand, takes a file, is asked by Athena, and goes."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import boto3
import pytest

import headwater
from headwater.errors import HeadwaterError

pytestmark = pytest.mark.cloud_smoke

NAME = os.environ.get("HEADWATER_CLOUD_NAME") or f"hw-smoke-{secrets.token_hex(3)}"
IMAGE = os.environ.get("HEADWATER_CLOUD_IMAGE")  # where this Python's package does not fit
VARIABLES = {"protected": False, "audit": False}  # what is made can be taken away
FEEDS = """\
region: {region}
feeds:
  sales:
    match: "${{SENDER}}/**"
    batch: {{files: 1}}
    schema: {{id: bigint, amount: "decimal(9,2)"}}
models:
  totals: {{file: models/totals.sql}}
"""
_APPLY_SECONDS = 1800
_PATIENCE_SECONDS = 300
_LOOK_SECONDS = 2


@dataclass(frozen=True)
class Standing:
    """A lake that stands, and what deploy said of it."""

    folder: Path
    document: dict

    def await_answer(self, sql, wanted):
        """What Athena answers in the end."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        with headwater.open(self.document["configuration"]) as lake:
            while True:
                found = asked(lake, sql)
                if found == wanted or time.monotonic() > deadline:
                    return found
                Event().wait(_LOOK_SECONDS)


def asked(lake, sql):
    try:
        return lake.query(sql, on="athena").rows()
    except HeadwaterError as error:  # no such table yet
        return error.message


def deploy(folder, *words):
    more = ["--image", IMAGE] if IMAGE else []
    command = ["deploy", *words, "--name", NAME, "--var-file", str(folder / "more.tfvars.json")]
    done = subprocess.run(
        [sys.executable, "-m", "headwater", *command, *more, "-C", str(folder), "--json"],
        stdout=subprocess.PIPE,
        text=True,
        timeout=_APPLY_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    return json.loads(done.stdout)


def left():
    """Buckets of this lake that are there."""
    names = [each["Name"] for each in boto3.client("s3").list_buckets()["Buckets"]]
    return [name for name in names if name.startswith(f"{NAME}-")]


@pytest.fixture(scope="module")
def standing(tmp_path_factory):
    region = os.environ.get("AWS_REGION") or os.environ["AWS_DEFAULT_REGION"]
    folder = tmp_path_factory.mktemp("cloud")
    os.environ["SENDER"] = "sales"
    text = FEEDS.format(region=region)
    (folder / "headwater.yaml").write_text(text)
    (folder / "models").mkdir()
    (folder / "models" / "totals.sql").write_text("select sum(amount) as total from sales")
    (folder / "more.tfvars.json").write_text(json.dumps(VARIABLES))
    try:
        yield Standing(folder, deploy(folder, "--apply"))
    finally:
        deploy(folder, "--destroy", "--yes")
    assert left() == []


def test_all_that_was_laid_down_answers(standing):
    assert [each for each in standing.document["smoke"] if not each["well"]] == []


def test_a_file_that_is_put_is_answered_for_by_athena(standing):
    [raw] = [name for name in left() if name.startswith(f"{NAME}-raw-")]

    boto3.client("s3").put_object(
        Bucket=raw, Key="sales/a.csv", Body=b"id,amount\n1,9.50\n2,12.00\nx,1.00\n"
    )

    assert standing.await_answer("select count(*) from sales", [(2,)]) == [(2,)]


def test_a_model_follows_its_table(standing):
    rows = standing.await_answer("select total > 20 from totals", [(True,)])

    assert rows == [(True,)]


def test_the_books_balance(standing):
    with headwater.open(standing.document["configuration"]) as lake:
        assert lake.verify().findings == ()
