"""A replay starts the same arrival again: what was before under its id is not told apart."""

from headwater.adapters.sqlite import ledger
from headwater.adapters.sqlite.rows import listed, read_arrival
from tests.crash.plan import Emphasis

SHOWS = Emphasis(steps=("replay", "work"))

AGAIN = """
update arrivals set state = 'pending', cause = null, manifest = null
where id in (select value from json_each(:ids))
  and state in ('completed', 'quarantined', 'dead', 'missing')
"""


def apply():
    def again(tx, arrivals, now, *, apart, together):
        ids = listed(arrivals)
        tx.connection.execute(AGAIN, {"ids": ids})
        return [read_arrival(row) for row in tx.all("some_arrivals", ids=ids)]

    ledger.replays.replay = again
