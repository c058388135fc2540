"""Messages are deleted as they come in: whoever dies then leaves files that nobody knows of."""

from headwater.flow import work
from headwater.flow.announced import announced
from headwater.flow.register import is_known, register
from headwater.points import point
from tests.crash.plan import Emphasis

SHOWS = Emphasis(steps=("announced",), points=("ev.received", "ev.decoded"))


def apply():
    def hasty(world, hands):
        messages = world.queue.receive(hidden_for=work.HIDDEN_FOR)
        world.queue.delete([message.handle for message in messages])
        point("ev.received")
        raws = {raw for message in messages for raw in announced(message.body)}
        point("ev.decoded")
        stats = [stat for raw in raws if (stat := world.zones.raw.stat(raw)) is not None]
        known = is_known(world, stats)
        register(world, [stat for stat, is_in in zip(stats, known, strict=True) if not is_in])
        point("ev.registered")
        return bool(messages)

    work.take_in = hasty
