"""A part goes as a whole where rows of one of its files are replaced; nobody counts them."""

from headwater.flow import replace
from headwater.ports.engine import Rewritten
from tests.crash.plan import Emphasis

SHOWS = Emphasis(steps=("land", "work"))


def apply():
    def coarse(world, engine, claim, snapshot, of):
        ids = [arrival.id for arrival in of[0]]
        gone = tuple(
            part.path
            for part in snapshot.parts
            if any(part.first_arrival <= each <= part.last_arrival for each in ids)
        )
        return Rewritten(gone, (), 0, gone)

    replace.rewrite = coarse
    replace._require_all = lambda world, snapshot, replaced, rows_removed: None
