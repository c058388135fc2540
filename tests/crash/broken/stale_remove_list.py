"""A rewrite stands on the table as it was, and nobody asks whether it still is."""

from headwater.adapters.delta import entry
from tests.crash.plan import Emphasis

SHOWS = Emphasis(steps=("pause_beside",))


def apply():
    def careless(seen, commit):
        live = {part.path: part for part in seen.parts}
        return [live[path] for path in commit.remove if path in live]

    entry._live = careless
