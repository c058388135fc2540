"""The flow one step at a time: each is safe to call twice, and none undoes another's."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from headwater.flow.commit import commit as committing
from headwater.model.cost import AwsEngine
from headwater.model.manifest import ManifestState
from tests.flow.lakes import SALES, Clock, csv_of, ids_of, make, write

SMALL = SALES + "    batch: {files: 1}\n    retries: {attempts: 2, first_delay: 1s}\n"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def lake(tmp_path, clock):
    with make(tmp_path / "lake", SMALL, clock=clock) as lake:
        yield lake


def put(lake, name, *ids):
    path = write(lake.root / "raw" / name, csv_of(*ids))
    return json.dumps({"raw": str(path.relative_to(lake.root / "raw"))})


def test_what_is_announced_twice_arrives_once(lake):
    body = put(lake, "sales/a.csv", "1")

    assert lake.arrive([body, body]) == []
    assert lake.arrive([body]) == []
    assert len(lake._world.ledger.arrivals()) == 1


def test_a_message_about_what_is_not_there_may_go(lake):
    assert lake.arrive([json.dumps({"raw": "sales/gone.csv"})]) == []


def test_a_manifest_is_told_of_until_it_is_claimed_and_again_when_the_lease_ran_out(lake, clock):
    lake.arrive([put(lake, "sales/a.csv", "1")])
    (first,) = lake.dispatch()

    assert lake.dispatch() == [first]
    lake._world.ledger.claim("w", clock(), timedelta(seconds=60), only=first.manifest)
    assert lake.dispatch() == []
    clock.advance(seconds=61)
    assert [each.attempt for each in lake.dispatch()] == [2]


def test_large_batches_go_to_a_job(tmp_path):
    with make(tmp_path / "lake", SMALL + "    lambda_below: 30B\n") as lake:
        bodies = [put(lake, "sales/a.csv", "1"), put(lake, "sales/b.csv", "2", "3", "4")]
        lake.arrive(bodies)

        engines = [each.engine for each in lake.dispatch()]

        assert engines == [AwsEngine.LAMBDA, AwsEngine.GLUE]


def test_one_manifest_is_converted_and_no_other(lake):
    lake.arrive([put(lake, "sales/a.csv", "1"), put(lake, "sales/b.csv", "2")])
    _, second = lake.dispatch()

    step = lake.convert(second.manifest)

    assert (step.state, ids_of(lake)) == (ManifestState.COMMITTED, ["2"])
    assert lake.convert(second.manifest).came_to is None
    assert ids_of(lake) == ["2"]


def test_nobody_knows_a_manifest_that_was_never_written_down(lake):
    assert lake.convert("m-unknown").state is None
    assert lake.settle("m-unknown", "why").state is None


def test_what_died_behind_its_commit_is_settled_and_not_failed(lake, clock, monkeypatch):
    lake.arrive([put(lake, "sales/a.csv", "1")])
    (waiting,) = lake.dispatch()

    class Gone(BaseException):
        pass

    def dies(*args, **kwargs):
        committing(*args, **kwargs)
        raise Gone

    with monkeypatch.context() as patch:
        patch.setattr("headwater.flow.attempt.commit", dies)
        with pytest.raises(Gone):
            lake.convert(waiting.manifest)
    clock.advance(seconds=61)

    step = lake.settle(waiting.manifest, "the function was killed")

    assert (step.state, step.error, ids_of(lake)) == (ManifestState.COMMITTED, None, ["1"])


def test_nothing_is_recorded_while_somebody_holds_the_manifest(lake, clock):
    lake.arrive([put(lake, "sales/a.csv", "1")])
    (waiting,) = lake.dispatch()
    lake._world.ledger.claim("w", clock(), timedelta(seconds=60), only=waiting.manifest)

    step = lake.settle(waiting.manifest, "the function was killed")

    assert (step.state, step.until) == (ManifestState.CLAIMED, clock() + timedelta(seconds=60))


def test_attempts_that_die_elsewhere_end_in_the_manifest_being_given_up(lake, clock):
    lake.arrive([put(lake, "sales/a.csv", "1")])
    (waiting,) = lake.dispatch()

    states = []
    for _ in range(4):
        states.append(lake.settle(waiting.manifest, "the function was killed").state)
        clock.advance(minutes=10)

    assert states[0] is ManifestState.OPEN
    assert states[-1] is ManifestState.DEAD
