"""What became of files that were landed and worked on, as people and notebooks see it."""

from __future__ import annotations

from dataclasses import dataclass

from headwater.flow.attempt import Failed
from headwater.flow.hold import Held
from headwater.flow.land import Landing, LandingOutcome
from headwater.flow.work import Done
from headwater.model.arrival import Arrival
from headwater.model.receipt import Receipt
from headwater.show.notebook import done_page, shown_as
from headwater.show.page import Page
from headwater.show.receipts import landings_page


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of files that were landed and worked on."""

    landings: tuple[Landing, ...]
    receipts: tuple[Receipt, ...]
    failures: tuple[Failed, ...]
    arrivals: tuple[Arrival, ...]  # of the files that landed, as they ended
    held: tuple[Held, ...] = ()  # batches that wait for a person, over their feed's budget

    @property
    def refused_anything(self) -> bool:
        """Whether a row or a file did not reach the table."""
        return (
            any(landing.outcome is LandingOutcome.REFUSED for landing in self.landings)
            or any(receipt.refused_anything for receipt in self.receipts)
            or any(failure.dead for failure in self.failures)
        )


def _ingested_page(ingested: Ingested) -> Page:
    done = Done(list(ingested.receipts), list(ingested.failures), list(ingested.held))
    telling = [each for each in ingested.landings if each.outcome is not LandingOutcome.LANDED]
    return (*landings_page(telling), *done_page(done))


shown_as(Ingested, _ingested_page)
