"""The box as those see it who use it: where it listens, as whom, and what can be asked of it."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from importlib.util import find_spec
from typing import IO, Any
from urllib.parse import urlsplit

from headwater.errors import MissingExtra, UsageError

ACCOUNT = "123456789012"
REGION = "eu-central-1"
LOOPBACK = "127.0.0.1"
_ANYBODY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
)
_GRACE_SECONDS = 30
_PATIENCE_SECONDS = 120
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Box:
    """A running box, seen from one account."""

    url: str
    account: str = ACCOUNT

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to take it for AWS."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": self._key,
            "AWS_SECRET_ACCESS_KEY": "testing",  # the box asks for some, whatever they are
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ALLOW_HTTP": "true",  # for clients that refuse what is not encrypted
        }

    def client(self, service: str) -> Any:
        """boto3's client of one of its services."""
        import boto3  # noqa: PLC0415 - an extra

        return boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=self._key,
            aws_secret_access_key="testing",  # noqa: S106 - the box asks for any
        )

    def bucket(self) -> str:
        """A bucket that nobody else uses."""
        name = f"lake-{os.getpid()}-{next(_numbers)}"
        self.client("s3").create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        return name

    def role(self, name: str = "anybody") -> str:
        """The ARN of a role to name where one has to be named; nobody asks what it may do."""
        iam = self.client("iam")
        with suppress(iam.exceptions.EntityAlreadyExistsException):
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=_ANYBODY)
        return f"arn:aws:iam::{self.account}:role/{name}"

    def afresh(self) -> Box:
        """The same box, as an account that nobody has used."""
        number = os.getpid() * 1_000 + next(_numbers)
        return replace(self, account=f"{number % 10**11:012d}")

    def tick(self, seconds: float) -> dict[str, Any]:
        """Push the clock of the box on, and have done what is due then."""
        return self.ask("POST", "tick", {"seconds": seconds})

    def quiet(self, timeout_seconds: float = 30) -> bool:
        """Wait until nothing runs, and nothing waits that could run; whether it came to that."""
        answer = self.ask("POST", "quiet", {"timeout_seconds": timeout_seconds})
        return bool(answer["quiet"])

    def spoil(self, faults: Mapping[str, float]) -> None:
        """Have things go wrong, as it is said here and nowhere else; nothing said is no faults."""
        self.ask("POST", "faults", dict(faults))

    def spoiled(self) -> dict[str, int]:
        """How often each thing has gone wrong since it was last said what shall."""
        done: dict[str, int] = self.ask("GET", "faults")["done"]
        return done

    def calls(self, *, forget: bool = False) -> dict[str, float]:
        """What this account has asked of services, by call; `forget` begins at nothing again.

        Of DynamoDB the units besides that AWS would bill: `dynamodb:write_units`, `read_units`.
        """
        words = {"account": self.account, "forget": forget}
        told: dict[str, float] = self.ask("POST", "calls", words)["calls"]
        return told

    def ask(self, method: str, what: str, words: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Ask the box itself, not one of its services."""
        connection = HTTPConnection(LOOPBACK, urlsplit(self.url).port, timeout=_PATIENCE_SECONDS)
        try:
            connection.request(method, f"/headwater-api/{what}", json.dumps(words or {}))
            response = connection.getresponse()
            answer: dict[str, Any] = json.loads(response.read())
        finally:
            connection.close()
        if "error" in answer:
            raise UsageError(answer["error"], hint=answer.get("hint"))
        return answer

    @property
    def _key(self) -> str:
        return "testing" if self.account == ACCOUNT else self.account


@contextmanager
def running(
    *, port: int = 0, faults: Mapping[str, float] | None = None, log: IO[bytes] | None = None
) -> Iterator[Box]:
    """A box in a process of its own, which ends with this block, or with this process."""
    _require_parts()
    words = [sys.executable, "-m", "headwater.emulator.server", str(port), json.dumps(faults or {})]
    process = subprocess.Popen(  # noqa: S603 - this very program
        words,
        stdin=subprocess.PIPE,  # the box ends when this is closed, however this process ends
        stdout=subprocess.PIPE,
        stderr=log or subprocess.DEVNULL,
        start_new_session=True,  # the terminal's Ctrl-C is for this process to pass on
    )
    try:
        yield Box(f"http://{LOOPBACK}:{_port(process)}")
    finally:
        process.terminate()
        try:
            process.wait(timeout=_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


def _require_parts() -> None:
    for module in ("moto", "flask_cors", "boto3"):
        if find_spec(module) is None:
            raise MissingExtra(
                f"{module} is not installed, and the box is made of it",
                hint="pip install 'headwater[emulator]'",
            )


def _port(process: subprocess.Popen[bytes]) -> int:
    """The port that the box says it listens on."""
    line = process.stdout.readline() if process.stdout is not None else b""
    said = json.loads(line) if line else {"error": "the box ended before it listened"}
    if "error" in said:
        raise UsageError(said["error"], hint=said.get("hint", "headwater emulate --port 0"))
    return int(said["port"])
