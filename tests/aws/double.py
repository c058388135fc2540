"""A double of AWS's services, in a process of its own, on loopback, while tests need it."""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

REGION = "eu-central-1"
_PATIENCE_SECONDS = 60
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Double:
    """Where it listens, and how a program is told to go there."""

    url: str
    later: Path  # by how many seconds its queues are ahead of the clock

    def pass_time(self, span: timedelta) -> None:
        """Make that much of its queues' time pass."""
        ahead = float(self.later.read_text()) + span.total_seconds()
        fresh = self.later.with_suffix(".new")
        fresh.write_text(str(ahead))
        fresh.replace(self.later)

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to take it for AWS."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",  # the double asks for some, whatever they are
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str) -> Any:
        """boto3's client of one of its services."""
        import boto3

        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",  # noqa: S106 - the double's, which asks for any
        )

    def bucket(self) -> str:
        """A bucket that nobody else uses."""
        name = f"lake-{os.getpid()}-{next(_numbers)}"
        self.client("s3").create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        return name


@contextmanager
def double() -> Iterator[Double]:
    """One that has answered; its own process is ended afterwards."""
    port = _free_port()
    folder = tempfile.TemporaryDirectory()
    later = Path(folder.name) / "later"
    later.write_text("0")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.aws.served", str(later), "-H", "127.0.0.1", "-p", str(port)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(port, process)
        yield Double(f"http://127.0.0.1:{port}", later)
    finally:
        process.terminate()
        process.wait(timeout=30)
        folder.cleanup()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/moto-api/")
            connection.getresponse().read()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
