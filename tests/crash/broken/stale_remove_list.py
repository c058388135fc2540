"""A rewrite stands on the table as it was, and nobody asks whether it still is."""

from headwater.adapters.delta import entry
from tests.crash.plan import Emphasis

SHOWS = Emphasis(steps=("pause_beside",))


def apply():
    def careless(seen, table, remove):
        live = {part.path: part for part in seen.parts}
        return [live[path] for path in remove if path in live]

    entry._live = careless
