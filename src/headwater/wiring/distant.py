"""A headwater.yaml in a bucket, with what lies beside it: files that it names, words it takes."""

from __future__ import annotations

import errno
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from headwater.adapters.aws.bucket import S3Bucket
from headwater.adapters.aws.secrets import is_reference, secret
from headwater.config.beside import below
from headwater.config.load import parse
from headwater.config.settings import Settings
from headwater.errors import ObjectMissing
from headwater.model.notify import Command, File, Notify

__all__ = ["is_reference", "reaches_far", "settings_at"]

ENVIRONMENT = "environment.json"
"""What `${NAME}` stands for where no variables are set: words, and the ARNs of secrets."""


def settings_at(url: str) -> Settings:
    """What a headwater.yaml at an s3:// URL says."""
    bucket, _, key = url.removeprefix("s3://").partition("/")
    folder = _Folder(S3Bucket(bucket), key[: key.rfind("/") + 1])
    text = folder.bucket.get(key, 0, None).decode("utf-8-sig")
    settings = parse(
        text,
        url,
        root=Path(tempfile.gettempdir()),
        environment={**os.environ, **folder.words()},
        beside=folder.read,
    )
    return replace(settings, notify=tuple(filter(reaches_far, settings.notify)))


def reaches_far(notify: Notify) -> bool:
    """Whether it tells from anywhere: programs and files are of the machine that has them."""
    return not isinstance(notify.way, Command | File)


class _Folder:
    """The folder of a bucket that headwater.yaml lies in."""

    def __init__(self, bucket: S3Bucket, prefix: str) -> None:
        self.bucket = bucket
        self._prefix = prefix

    def read(self, name: str, most_bytes: int) -> bytes:
        """The bytes of a file that headwater.yaml names."""
        plain = below(name)
        if plain is None:
            raise FileNotFoundError(errno.ENOENT, "it leads out of the folder of headwater.yaml")
        try:
            return self.bucket.get(self._prefix + plain, 0, most_bytes)
        except ObjectMissing as missing:
            raise FileNotFoundError(
                errno.ENOENT, f"{self._prefix}{plain} is not there"
            ) from missing

    def words(self) -> Mapping[str, str]:
        """What it takes from the environment, as it was when the lake was laid down."""
        try:
            told = json.loads(self.bucket.get(self._prefix + ENVIRONMENT, 0, None))
        except ObjectMissing:
            return {}
        return {**told["words"], **{name: secret(arn) for name, arn in told["secrets"].items()}}
