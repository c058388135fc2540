"""How far files have come, whoever converts them: workers leave word in the scratch folder."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from headwater.flow.world import World
from headwater.model.arrival import Arrival
from headwater.model.codec import from_plain, to_plain
from headwater.model.ids import AttemptId, FeedName, ManifestId, attempt_id
from headwater.model.manifest import Claim, ManifestState
from headwater.model.progress import Progress, Watch

EVERY_SECONDS = 0.5
"""Short attempts leave no word at all, and cost nothing."""


@contextmanager
def telling(world: World, claim: Claim, watch: Watch) -> Iterator[Watch]:
    """A watch that also leaves word for others; it is gone with the attempt.

    One that was killed leaves its word behind, for the sweep to remove.
    """
    word = _word(world, claim.attempt_id)
    said = time.monotonic()

    def tell(progress: Progress) -> None:
        nonlocal said
        watch(progress)
        if time.monotonic() - said >= EVERY_SECONDS:
            said = time.monotonic()
            with suppress(OSError):  # nobody is told; the work goes on
                _leave(word, progress)

    try:
        yield tell
    finally:
        with suppress(OSError):
            word.unlink()


def underway(world: World, feed: FeedName, arrivals: Sequence[Arrival]) -> Progress:
    """How far these files have come, together."""
    settled = [each for each in arrivals if each.settled]
    done = sum(each.size_bytes for each in settled)
    rows = _rows(world, settled)
    stage = "converting"
    manifests = {each.manifest for each in arrivals if not each.settled and each.manifest}
    for manifest in sorted(manifests):
        mine = sum(each.size_bytes for each in arrivals if each.manifest == manifest)
        heard = _heard(world, manifest)
        if heard is not None:
            stage = heard.stage
        if heard is not None and heard.total_bytes:  # the batch may hold other files, too
            done += int(mine * heard.done_bytes / heard.total_bytes)
            rows += int(heard.rows * min(mine / heard.total_bytes, 1.0))
    if not manifests:
        stage = "waiting for its batch:"
    elif all(_waits(world, manifest) for manifest in manifests):
        stage = "waiting for a worker, or for a retry:"
    total = sum(each.size_bytes for each in arrivals)
    return Progress(stage, feed, min(done, total), total, rows, len(settled), len(arrivals))


def _rows(world: World, settled: Sequence[Arrival]) -> int:
    wanted = {each.id for each in settled}
    receipts = (world.ledger.receipt(each) for each in {each.manifest for each in settled} if each)
    files = (file for receipt in receipts if receipt is not None for file in receipt.files)
    return sum(file.books.counted for file in files if file.arrival in wanted)


def _waits(world: World, manifest: ManifestId) -> bool:
    known = world.ledger.manifest(manifest)
    return known is not None and known.state is ManifestState.OPEN


def _heard(world: World, manifest: ManifestId) -> Progress | None:
    """The last word of the attempt that holds the manifest, if it has left one."""
    known = world.ledger.manifest(manifest)
    if known is None:
        return None
    try:
        said = json.loads(_word(world, attempt_id(manifest, known.attempt)).read_bytes())
        return from_plain(Progress, said)
    except (OSError, ValueError, LookupError, TypeError):  # none, or of another version's making
        return None


def _leave(word: Path, progress: Progress) -> None:
    word.parent.mkdir(parents=True, exist_ok=True)
    beside = word.with_suffix(".new")
    beside.write_text(json.dumps(to_plain(progress)), encoding="utf-8")
    beside.replace(word)


def _word(world: World, attempt: AttemptId) -> Path:
    return world.scratch / f"{attempt}.progress"
