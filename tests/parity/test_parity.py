"""What is done with a lake comes to the same, wherever it lies."""

from __future__ import annotations

from itertools import count

import pytest

import headwater
from headwater.adapters.aws.ledger import create_table
from headwater.adapters.aws.queue import create_queue
from tests.parity.scripts import SCRIPTS

_numbers = count(1)


def on_s3(aws):
    return f"lake: s3://{aws.bucket()}/lake\n"


def on_aws(aws):
    bucket = aws.bucket()
    create_table(aws.client("dynamodb"), bucket)
    create_queue(bucket)
    return f"lake: s3://{bucket}\nledger: dynamodb://{bucket}\nqueue: sqs://{bucket}\n"


def told(lake):
    """All that a lake says: tables with every row, refused rows, books, arrivals, findings."""
    tables = {}
    for standing in lake.tables():
        answer = lake.query(f"select * from {standing.table}")
        tables[standing.table] = (answer.columns, answer.types, sorted(answer.rows(), key=repr))
    arrivals = lake._world.ledger.arrivals()
    receipts = lake.receipts()
    return {
        "tables": tables,
        "refused": sorted(lake.query("select * from quarantine").rows(), key=repr),
        "arrivals": [
            (a.id, a.feed, a.key, a.raw, a.version, a.generation, a.state, a.size_bytes, a.records)
            for a in arrivals
        ],
        "books": sorted(
            [(r.feed, [(f.key, f.books, f.state, f.reasons) for f in r.files]) for r in receipts],
            key=repr,
        ),
        "findings": lake.verify().findings,
    }


def played(script, place, folder):
    folder.mkdir()
    (folder / "headwater.yaml").write_text(place + script.configuration, encoding="utf-8")

    def file(name, text):
        path = folder / "in" / str(next(_numbers)) / name
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        return path

    with headwater.open(folder) as lake:
        script.play(lake, file)
        return told(lake)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_lake_comes_to_the_same_wherever_it_lies(script, as_aws, tmp_path):
    here = played(script, "lake: ./lake\n", tmp_path / "files")

    for place in (on_s3, on_aws):
        assert played(script, place(as_aws), tmp_path / place.__name__) == here, place.__name__
    assert here["tables"]
    assert here["findings"] == ()
