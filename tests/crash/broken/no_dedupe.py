"""The manifest's id is left out of the commit: every attempt's rows go in."""

from dataclasses import replace

from headwater.adapters.delta import DeltaTables
from headwater.flow import attempt
from headwater.model.ids import ManifestId
from tests.crash.plan import Emphasis

SHOWS = Emphasis(
    steps=("land", "work"), points=("log.committed_unsynced", "log.synced", "ledger.pre")
)


def apply():
    commit = DeltaTables.commit

    def forgetful(self, wanted):
        return commit(self, replace(wanted, manifest=ManifestId(f"{wanted.attempt}")))

    DeltaTables.commit = forgetful
    attempt._rescue = lambda world, claim: None
