"""Every attempt at a manifest writes under the same names, whatever lies there."""

from headwater.adapters.duckdb.parts import write as parts
from headwater.model.ids import attempt_id
from headwater.model.manifest import Claim
from tests.crash.plan import Emphasis

SHOWS = Emphasis(steps=("pause",), points=("claim.post",))


def apply():
    Claim.attempt_id = property(lambda self: attempt_id(self.manifest.id, 1))
    parts._place = _replace


def _replace(path, place):
    place.parent.mkdir(parents=True, exist_ok=True)
    return path.replace(place)
