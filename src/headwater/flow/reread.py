"""Files are read again from the raw zone, under the present configuration, doubling nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from headwater.flow.choice import Choice, Passed, choose
from headwater.flow.register import announcement
from headwater.flow.world import World
from headwater.model.arrival import Arrival
from headwater.model.ids import ArrivalId, FeedName
from headwater.points import point


class Replayed(list[Arrival]):
    """The arrivals that are to be read again; and what was chosen, and is not among them."""

    def __init__(
        self,
        arrivals: Iterable[Arrival] = (),
        passed: Sequence[Passed] = (),
        waiting: Sequence[Arrival] = (),
    ) -> None:
        """Take what was registered, what cannot be read, and what is waiting already."""
        super().__init__(arrivals)
        self.passed = tuple(passed)
        self.waiting = tuple(waiting)


def replay(world: World, choice: Choice, *, as_one: bool = False) -> Replayed:
    """Register every file that is meant with the next generation.

    The commit of each takes the rows of the generation before away and adds the ones read
    now. As one, all files of a feed are one manifest, which is one commit.
    """
    chosen = choose(world, choice)
    point("replay.chosen")
    by_feed: dict[FeedName | None, list[ArrivalId]] = defaultdict(list)
    for arrival in chosen.arrivals:
        by_feed[arrival.feed].append(arrival.id)
    again: list[Arrival] = []
    for name, ids in by_feed.items():
        feed = world.find_feed(name) if name is not None else None
        again += world.ledger.replay(
            ids,
            world.clock(),
            apart=feed is not None and feed.on_rewrite.apart,
            together=feed if as_one else None,
        )
        point("replay.k_of_n")
    world.queue.send([announcement(arrival.raw) for arrival in again])
    point("replay.announced")
    return Replayed(again, chosen.passed, chosen.waiting)
