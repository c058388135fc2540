"""A build reads its tables as they are, and not as it was written down that they are read."""

from dataclasses import replace

from headwater.flow.models import build
from tests.crash.plan import Emphasis

SHOWS = Emphasis(steps=("refresh_paused",), points=("claim.post",))


def apply():
    def newest(world, model, plan):
        for each in readings(world, model, plan):
            snapshot = world.tables.snapshot(each.snapshot.table)
            pinned = replace(snapshot, version=each.snapshot.version)
            yield replace(each, snapshot=pinned)

    readings = build._readings
    build._readings = newest
