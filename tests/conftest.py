"""What holds for every test."""

from __future__ import annotations

import signal

import pytest

from headwater.adapters.duckdb import engine
from tests import lent

# Whoever runs the tests in the background of a shell, or under nohup, has them ignore these
# signals, and so has every process that they start; but what signals do is tested, too.
for _number, _handler in (
    (signal.SIGINT, signal.default_int_handler),
    (signal.SIGHUP, signal.SIG_DFL),
    (signal.SIGQUIT, signal.SIG_DFL),
):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, _handler)


@pytest.fixture(scope="session")
def _children_to_lend():
    yield lent.child
    lent.end_all()


@pytest.fixture
def lent_children(_children_to_lend, monkeypatch):
    """Engines take over children that other tests have started."""
    monkeypatch.setattr(engine, "_Child", _children_to_lend)


_TOGETHER = ("tests/deploy/", "tests/infra/", "tests/radosgw/")
"""Folders whose tests share what takes minutes to make: one worker runs all of each."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep such folders together: pytest 9.2 takes no names of groups from xdist 3.8."""
    if config.getvalue("dist") != "loadgroup":
        return None
    from xdist.scheduler.loadgroup import LoadGroupScheduling

    class ByFolder(LoadGroupScheduling):
        def _split_scope(self, nodeid):
            folder = next((each for each in _TOGETHER if nodeid.startswith(each)), None)
            return folder or super()._split_scope(nodeid)

    return ByFolder(config, log)
