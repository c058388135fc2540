"""What every ledger promises. Enrol with these fixtures.

`ledger` is empty. `open_ledger` can be pickled and opens the same ledger in another
process. `open_ledger_anew` opens another empty one of the same kind. `worker_script` is
Python that registers three sightings in the same ledger and works until they are settled.
"""

from __future__ import annotations

from tests.contracts.ledger_attempts import ClaimContract, EndContract
from tests.contracts.ledger_batches import BatchContract
from tests.contracts.ledger_builds import BuildContract
from tests.contracts.ledger_intake import IntakeContract
from tests.contracts.ledger_questions import QuestionContract, RebuildContract
from tests.contracts.ledger_races import RaceContract
from tests.contracts.ledger_replays import ReplayContract
from tests.contracts.ledger_watching import WatchingContract


class LedgerContract(
    IntakeContract,
    BatchContract,
    ClaimContract,
    EndContract,
    QuestionContract,
    RebuildContract,
    RaceContract,
    ReplayContract,
    BuildContract,
    WatchingContract,
):
    """Everything of ports/ledger.py."""
