"""One such plan, carried out under fire."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from itertools import count
from pathlib import Path

import duckdb

from headwater.adapters.aws.ledger import create_table
from headwater.adapters.aws.queue import create_queue
from headwater.emulator.box import Box
from tests.crash.afar.evidence import bring, halves, logs, shown, verify
from tests.crash.afar.plan import plan
from tests.crash.driver import Driver
from tests.crash.evidence import Findings
from tests.crash.iteration import Caught, Iteration
from tests.crash.plan import CONFIGURATION, Step
from tests.crash.site import Site
from tests.crash.tally import Tally

RECOVERY = ("work", "replay", "work", "sweep", "verify")
_numbers = count(1)


class AfarIteration(Iteration):
    """Kills, sleeps and recovers as any other; the lake lies on AWS, and so does what is seen."""

    def __init__(
        self, seed: int, aws: Box, driver: Driver, tally: Tally, broken: Sequence[str] = ()
    ) -> None:
        self._plan = plan(seed)
        self._chance = random.Random(seed ^ 0xC0FFEE)
        self._favoured = ()
        self._tally = tally
        self._versions: dict[tuple[str, str], int] = {}
        self._aws, self._bucket = aws, aws.bucket()
        self._queue = f"{self._bucket}-{next(_numbers)}"
        create_table(aws.client("dynamodb"), self._bucket)
        create_queue(self._queue)
        self._site = Site(driver, broken, self._plan)
        places = (
            f"lake: s3://{self._bucket}\n"
            f"ledger: dynamodb://{self._bucket}\nqueue: sqs://{self._queue}\n"
        )
        feeds = CONFIGURATION.removeprefix("lake: .\n")
        (self._site.lake / "headwater.yaml").write_text(places + feeds)

    def _run(self) -> Findings:
        try:
            for step in self._plan.steps:
                if step.pause:
                    self._asleep(step)
                else:
                    self._under_fire(step)
            self._must(*map(Step, RECOVERY))
            with tempfile.TemporaryDirectory() as folder:
                bring(self._aws, self._bucket, Path(folder))
                return verify(Path(folder), self._plan, self._messages())
        except Caught as caught:
            return Findings(broken=[str(caught)])
        except (ValueError, duckdb.Error) as error:
            return Findings(broken=[f"a log or a part cannot be read: {error}"])

    def _look(self, after: Step) -> None:
        """What a reader sees at this moment must be whole versions, each once, never older ones."""
        self._favoured = tuple(self._site.passed)  # a lake passes other points elsewhere
        found = Findings()
        with tempfile.TemporaryDirectory() as folder:
            bring(self._aws, self._bucket, Path(folder))
            for feed, log in logs(Path(folder), found).items():
                found.broken += halves(feed, log, self._plan)
                for name, (number, _) in shown(log).items():
                    if number < self._versions.get((feed, name), 0):
                        found.broken.append(f"I5: {feed}/{name} has gone back")
                    self._versions[feed, name] = number
        if found.broken:
            raise Caught(f"after {after.verb}: {'; '.join(found.broken)}")

    def _require_held(self, before: set[str]) -> None:
        """No sweep goes on beside sleepers here."""

    def _messages(self) -> tuple[int, int]:
        """How many messages wait, and how many are dead letters."""
        sqs = self._aws.client("sqs")
        counts = []
        for url in sorted(sqs.list_queues(QueueNamePrefix=self._queue)["QueueUrls"], key=len):
            names = ["ApproximateNumberOfMessages"]
            said = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)
            counts.append(int(said["Attributes"][names[0]]))
        waiting, dead = counts
        return waiting, dead


def run(
    aws: Box, driver: Driver, *, iterations: int, seed: int, broken: Sequence[str] = ()
) -> Tally:
    """Run iterations with seeds that follow each other; the first that fails is the last."""
    tally = Tally()
    while tally.iterations < iterations and not tally.failures:
        AfarIteration(seed + tally.iterations, aws, driver, tally, broken).run()
    return tally
