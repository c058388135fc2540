"""radosgw on loopback, in a folder of its own, ended process by process."""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from string import Template
from typing import Any

import pytest

PROGRAMS = (
    *("ceph", "ceph-authtool", "ceph-mon", "ceph-osd"),
    *("monmaptool", "radosgw", "radosgw-admin"),
)
REGION = "us-east-1"
BUCKET = "lakes"
_KEY, _SECRET = "HEADWATER", "on-loopback-only"
_PATIENCE_SECONDS = 60
_GRACE_SECONDS = 10
_RIGHTS = {
    "mon.": ("mon", "allow *"),
    "client.admin": ("mon", "allow *", "osd", "allow *"),
    "osd.0": ("mon", "allow profile osd", "osd", "allow *"),
}
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway that answers, and its one user."""

    url: str

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to take it for S3."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": _KEY,
            "AWS_SECRET_ACCESS_KEY": _SECRET,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ALLOW_HTTP": "true",
        }

    def client(self, secret: str = _SECRET) -> Any:
        """boto3's client of it."""
        import boto3

        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=_KEY,
            aws_secret_access_key=secret,
        )

    def folder(self) -> str:
        """A prefix in the bucket that nobody else uses: making a bucket takes it half a second."""
        return f"lake-{next(_numbers)}"


def require_radosgw() -> None:
    """CI has to have it; who has it not elsewhere is told that nothing was proved."""
    missing = [each for each in PROGRAMS if shutil.which(each) is None]
    if missing:
        said = f"{', '.join(missing)} not on the PATH: the store was not tried on a second S3"
        if os.environ.get("CI") == "true":
            pytest.fail(said)
        pytest.skip(said)


@contextmanager
def running(folder: Path) -> Iterator[Gateway]:
    """A gateway that keeps what it needs in the folder, and ends with this block."""
    monitor, gateway = _free_ports(2)
    cluster = _Cluster(folder, str(uuid.uuid4()))
    cluster.lay_out(monitor, gateway)
    with ExitStack() as started:
        started.enter_context(cluster.daemon("ceph-mon", "--id", "a"))
        number = str(uuid.uuid4())
        cluster.run("ceph", "--connect-timeout", str(_PATIENCE_SECONDS), "osd", "new", number)
        cluster.run("ceph-osd", "--id", "0", "--mkfs", "--osd-uuid", number)
        started.enter_context(cluster.daemon("ceph-osd", "--id", "0"))
        cluster.make_user()
        process = started.enter_context(cluster.daemon("radosgw", "--name", "client.admin"))
        _await(process, gateway)
        made = Gateway(f"http://127.0.0.1:{gateway}")
        made.client().create_bucket(Bucket=BUCKET)
        yield made


@dataclass(frozen=True, slots=True)
class _Cluster:
    folder: Path
    fsid: str

    def lay_out(self, monitor: int, gateway: int) -> None:
        """Write all that the monitor begins with."""
        for name in ("mon", "osd", "rgw"):
            (self.folder / name).mkdir()
        recipe = Template(Path(__file__).with_name("ceph.conf").read_text(encoding="utf-8"))
        words = {"fsid": self.fsid, "monitor": monitor, "gateway": gateway, "folder": self.folder}
        self._conf.write_text(recipe.substitute(words), encoding="utf-8")
        keyring, map_ = str(self.folder / "keyring"), str(self.folder / "monmap")
        for number, (name, rights) in enumerate(_RIGHTS.items()):
            caps = [
                w for pair in zip(rights[::2], rights[1::2], strict=True) for w in ("--cap", *pair)
            ]
            made = [] if number else ["--create-keyring"]
            self.run("ceph-authtool", keyring, *made, "--gen-key", "--name", name, *caps)
        place = f"[v2:127.0.0.1:{monitor}]"
        self.run("monmaptool", "--create", "--fsid", self.fsid, "--addv", "a", place, map_)
        self.run("ceph-mon", "--id", "a", "--mkfs", "--monmap", map_, "--keyring", keyring)

    def make_user(self) -> None:
        """This also waits for all that a gateway stands on."""
        words = ("--uid=lake", "--display-name=lake", f"--access-key={_KEY}", f"--secret={_SECRET}")
        self.run("radosgw-admin", "user", "create", *words)

    def run(self, *words: str) -> None:
        """To its end, which has to be a good one."""
        done = subprocess.run(
            [*words, "--conf", str(self._conf)],
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"

    @contextmanager
    def daemon(self, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        """Until the end of this block; it is this very process that is ended."""
        with (self.folder / f"{words[0]}.out").open("wb") as out:
            process = subprocess.Popen(
                [*words, "--foreground", "--conf", str(self._conf)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
            try:
                yield process
            finally:
                process.terminate()
                try:
                    process.wait(timeout=_GRACE_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    @property
    def _conf(self) -> Path:
        return self.folder / "ceph.conf"


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(closing(socket.socket())) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    """Until it answers; it says nothing of itself."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, f"radosgw ended with {process.returncode}"
        try:
            with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
                connection.request("GET", "/")
                connection.getresponse().read()
                return
        except (OSError, HTTPException):
            time.sleep(0.05)
    raise AssertionError(f"radosgw did not answer within {_PATIENCE_SECONDS} s")
