"""Whichever call to AWS fails while files land and are worked on, every row is there once."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace

import pytest

import headwater
from headwater.adapters.aws.ledger import create_table
from headwater.adapters.aws.queue import create_queue
from headwater.errors import HeadwaterError
from headwater.model.arrival import ArrivalState
from tests.aws.sweep import WHOLE, Sweep

FAULTS = ("throttle_nth", "fail_nth", "drop_nth")
SERVICES = ("s3", "dynamodb", "sqs")
SOME = 2
FEED = "  f{}: {{schema: {{id: bigint not null}}, compact: never, retries: {{first_delay: 0s}}}}\n"
BAD = "x\n"  # one row of each first file is refused
_NEVER = 10**9
_TRIES = 4


class Kept:
    """An engine that stays warm from one worker to the next."""

    def __init__(self, engine):
        self._engine = engine

    def __getattr__(self, name):
        return getattr(self._engine, name)

    def close(self):
        pass


@pytest.fixture
def lake(as_aws, tmp_path):
    bucket = as_aws.bucket()
    create_table(as_aws.client("dynamodb"), bucket)
    create_queue(bucket)
    text = f"lake: s3://{bucket}/lake\nledger: dynamodb://{bucket}\nqueue: sqs://{bucket}\n"
    rounds = 400 if os.environ.get(WHOLE) else len(SERVICES) * SOME + 2
    feeds = "".join(map(FEED.format, range(rounds)))
    (tmp_path / "headwater.yaml").write_text(f"{text}feeds:\n{feeds}")
    with headwater.open(tmp_path) as lake:
        engine = lake._world.engine()
        lake._world = replace(lake._world, engine=lambda: Kept(engine))
        yield lake
        engine.close()
    as_aws.spoil({})


def taken_in(lake, folder, feed):
    """Land two files in a feed of their own and work, again where a call failed for good."""
    files = [folder / f"{letter}-{feed}.csv" for letter in "ab"]
    files[0].write_text(f"id\n1\n2\n{BAD}")
    files[1].write_text("id\n3\n")
    for _ in range(_TRIES):
        with suppress(HeadwaterError):
            lake.land(feed, *files)
            lake.work(until_idle=True)
            return
    raise AssertionError("nothing got through")


def require_exact(lake, feeds):
    """Rows equal, nothing twice; the books are of what was written and refused."""
    each = " union all ".join(f"select '{feed}' as feed, id from {feed}" for feed in feeds)
    rows = lake.query(f"select feed, id from ({each}) order by all").rows()
    assert rows == [(feed, number) for feed in sorted(feeds) for number in (1, 2, 3)]
    assert sorted(row.key for row in lake.refused_rows(limit=1_000)) == sorted(
        f"{feed}/a-{feed}.csv" for feed in feeds
    )
    for feed in feeds:
        arrivals = lake._world.ledger.arrivals(feed=feed)
        assert [each.state for each in arrivals] == [ArrivalState.COMPLETED] * 2
        books = [file.books for receipt in lake.receipts(feed=feed) for file in receipt.files]
        assert [sum(each.counted for each in books), len(books)] == [4, 2]


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_call_that_fails_loses_and_doubles_nothing(lake, as_aws, tmp_path, fault):
    taken_in(lake, tmp_path, "f0")  # what is looked up once in a process is known by now
    as_aws.spoil({f"{fault}.{service}": _NEVER for service in SERVICES})
    taken_in(lake, tmp_path, "f1")
    calls = as_aws.ask("GET", "faults")["counted"]
    sweep, feeds = Sweep(SOME), ["f0", "f1"]

    for service in SERVICES:
        kind = fault.removesuffix("_nth")
        for number in sweep.numbers(calls[f"{kind}:{service}"]):
            feeds.append(f"f{len(feeds)}")
            as_aws.spoil({f"{fault}.{service}": number})
            taken_in(lake, tmp_path, feeds[-1])
            assert as_aws.spoiled(), (service, sweep.at(number))

    as_aws.spoil({})
    lake.work(until_idle=True)  # what was begun and given back
    require_exact(lake, feeds)
    assert lake.verify().findings == ()
    assert lake._world.queue.depth().waiting == 0
