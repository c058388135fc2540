"""Lakes in the box whose requests are counted: what is put into them, and what that takes."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import headwater
from headwater.adapters.aws.ledger import create_table
from headwater.adapters.aws.queue import create_queue
from headwater.adapters.aws.workflows import create_tables
from headwater.emulator.meter import READ_UNITS, WRITE_UNITS
from headwater.model.manifest import ManifestState

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "requests.md"
FILES = 100  # in a batch
TOLD = 10  # messages that a function is called with
_FEEDS = f"feeds:\n  sales: {{match: sales/**, batch: {{files: {FILES}, age: 1h}}}}\n"
_numbers = count(1)


def rows(first, number):
    """A CSV file of so many rows."""
    body = "".join(f"{n},{n % 977}.50,north\n" for n in range(first, first + number))
    return "id,amount,region\n" + body


def columns(calls):
    """Calls as the page counts them."""
    found = Counter({name.replace("s3:", "S3 "): each for name, each in calls.items()})
    requests = [each for each in calls if each.startswith("dynamodb:") and "_units" not in each]
    return {
        **{name: found[name] for name in ("S3 PUT", "S3 LIST", "S3 GET", "S3 HEAD")},
        "SQS": sum(each for name, each in calls.items() if name.startswith("sqs:")),
        "DynamoDB": sum(calls[name] for name in requests),
        "write units": calls.get(WRITE_UNITS, 0),
        "read units": calls.get(READ_UNITS, 0),
    }


class Lake:
    """A lake whose objects are in the box; with its ledger and queue there as well, or here."""

    def __init__(self, box, folder, *, deployed):
        self.box, self.bucket = box, box.bucket()
        self._folder = folder / self.bucket
        self._folder.mkdir()
        place = f"lake: s3://{self.bucket}\n"
        if deployed:
            create_table(box.client("dynamodb"), self.bucket)
            create_tables(box.client("dynamodb"), self.bucket)
            create_queue(self.bucket)
            place += f"ledger: dynamodb://{self.bucket}\nqueue: sqs://{self.bucket}\n"
        (self._folder / "headwater.yaml").write_text(place + _FEEDS, encoding="utf-8")

    @contextmanager
    def open(self):
        """The lake, with one file in it: its table is there."""
        with headwater.open(self._folder) as lake:
            lake.ingest("sales", *self.files([rows(0, 3)]))
            self.box.calls(forget=True)
            yield lake

    def files(self, texts):
        """Files of this machine."""
        made = [self._folder / f"{next(_numbers)}.csv" for _ in texts]
        for path, text in zip(made, texts, strict=True):
            path.write_text(text, encoding="utf-8")
        return made

    def worked(self, texts):
        """What landing files and working takes."""
        with self.open() as lake:
            lake.land("sales", *self.files(texts))
            done = lake.work()
            assert sum(len(each.files) for each in done.receipts) == len(texts)
            return self.box.calls(), done.receipts

    def told(self, texts):
        """What the functions' calls take, of files that others have put."""
        s3, names = self.box.client("s3"), []
        with self.open() as lake:
            for path, text in zip(self.files(texts), texts, strict=True):
                names.append(f"raw/sales/{path.name}")
                s3.put_object(Bucket=self.bucket, Key=names[-1], Body=text.encode())
            bodies = [_event(self.bucket, name) for name in names]
            for at in range(0, len(bodies), TOLD):
                assert lake.arrive(bodies[at : at + TOLD]) == []
            for each in lake.dispatch(flush=True):
                assert lake.convert(each.manifest).state is ManifestState.COMMITTED
            return self.box.calls(), lake.receipts()[:1]


def _event(bucket, key):
    there = {"bucket": {"name": bucket}, "object": {"key": key, "size": 1}}
    record = {"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": there}
    return json.dumps({"Records": [record]})
