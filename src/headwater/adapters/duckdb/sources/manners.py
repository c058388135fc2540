"""How a job's files are spelled, and what is otherwise than in the feed's files before."""

from __future__ import annotations

from dataclasses import dataclass, field

from headwater.model.manner import Manner, customary, differences
from headwater.reading.found import Found
from headwater.reading.manner import manner_of


@dataclass(slots=True)
class Manners:
    """Takes what files were found to be; of files that are alike, once."""

    usual: tuple[Manner, ...] = ()
    _known: dict[int, tuple[Found, Manner, tuple[str, ...]]] = field(default_factory=dict)

    def of(self, found: Found) -> tuple[Manner, tuple[str, ...]]:
        """The manner of a file, and notes on what is otherwise than usual."""
        known = self._known.get(id(found))
        if known is None:
            manner = manner_of(found)
            notes = self._notes(manner)
            # What was found is kept as well: another may be given its identity otherwise.
            known = self._known[id(found)] = (found, manner, notes)
        return known[1], known[2]

    def _notes(self, manner: Manner) -> tuple[str, ...]:
        """What is as in none of the files before, where most of them have it otherwise."""
        told = [differences(manner, each) for each in self.usual]
        most = customary(self.usual)
        return differences(manner, most) if most is not None and all(told) else ()
