"""A zone's URL becomes its store."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from headwater.adapters.aws.settings import S3Settings
from headwater.adapters.objects.store import ObjectStore
from headwater.adapters.objects.vetted import VettedStore, Vetting
from headwater.errors import UsageError

if TYPE_CHECKING:
    from headwater.adapters.objects.bucket import Bucket

_CLOUDS = ("gs", "az", "abfs", "abfss")


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """How buckets are reached; what is left out is found in the environment."""

    s3: S3Settings = field(default_factory=partial(S3Settings))
    cloud_options: dict[str, str] = field(default_factory=dict)  # as obstore names them


def open_store(
    url: str, settings: StoreSettings | None = None, vetting: Vetting | None = None
) -> ObjectStore:
    """The store below `s3://bucket/prefix`, or `gs://`, `az://`, `abfss://`.

    Nothing is asked yet; with a vetting, it is before anything is written.
    """
    settings = settings or StoreSettings()
    parts = urlsplit(url)
    if not parts.netloc or parts.query or parts.fragment:
        raise UsageError(f"{url!r} names no bucket", hint="write it as s3://bucket/folder")
    root = f"{parts.scheme}://{parts.netloc}"
    bucket: Bucket
    if parts.scheme == "s3":
        from headwater.adapters.aws.bucket import S3Bucket  # noqa: PLC0415 - an extra

        bucket = S3Bucket(parts.netloc, settings.s3)
    elif parts.scheme in _CLOUDS:
        bucket = _cloud(root, settings)
    else:
        raise UsageError(
            f"{url!r} is in no store that is known here",
            hint="use s3://, gs://, az:// or abfss://, or a folder",
        )
    if vetting is None:
        return ObjectStore(bucket, parts.path)
    return VettedStore(bucket, parts.path, vetting)


def _cloud(root: str, settings: StoreSettings) -> Bucket:
    from headwater.adapters.objects.clouds import ObstoreBucket, vendor_of  # noqa: PLC0415 - same

    return ObstoreBucket(vendor_of(root, settings.cloud_options), root)
