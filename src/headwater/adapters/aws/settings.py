"""How Amazon's services are reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from headwater.adapters.aws.reach import Reach

_TRIES = 6  # of a request, by the vendor's client: 500, 503, time-outs; waits grow, with jitter
_CONNECTIONS = 32


@dataclass(frozen=True, slots=True)
class AwsSettings:
    """What is left out is found as the vendor's tools find it: environment, profile, role."""

    region: str | None = None
    endpoint: str | None = None
    profile: str | None = None
    tries: int = _TRIES
    connect_seconds: float = 5
    answer_seconds: float = 60
    first_answer_seconds: float | None = None  # none: as long as it takes

    def client(self, service: str) -> Any:
        """The vendor's client of a service; many threads may share it."""
        import boto3  # noqa: PLC0415 - slow to import, and door.py says so where it is missing
        from botocore.config import Config  # noqa: PLC0415 - same

        from headwater.adapters.aws.door import door  # noqa: PLC0415 - same

        config = Config(
            retries={"mode": "standard", "total_max_attempts": self.tries},
            connect_timeout=self.connect_seconds,
            read_timeout=self.answer_seconds,
            max_pool_connections=_CONNECTIONS,
        )
        core = _core()
        core.set_default_client_config(config)  # of those that a profile's role is asked of, too
        reach = Reach(self.first_answer_seconds, self.connect_seconds)
        reach.listen(core.get_component("event_emitter"))
        with door(f"AWS's {service}"):
            session = boto3.session.Session(
                profile_name=self.profile, region_name=self.region, botocore_session=core
            )
            make: Any = session.client  # its stubs know each service by its literal name
            return make(service, endpoint_url=self.endpoint, config=config)


def _core() -> Any:
    """A session of its own, with its own keys, which reads no description of a service again.

    A lake has a client for each zone, and to read what S3 is takes a tenth of a second.
    """
    import botocore.session  # noqa: PLC0415 - as above

    core = botocore.session.get_session()
    core.register_component("data_loader", _descriptions())
    return core


@cache
def _descriptions() -> Any:
    """What the vendor's client has read of services; it keeps that, and changes nothing."""
    import botocore.session  # noqa: PLC0415 - as above

    return botocore.session.get_session().get_component("data_loader")


@dataclass(frozen=True, slots=True)
class S3Settings:
    """How objects are put into S3."""

    aws: AwsSettings = field(default_factory=partial(AwsSettings))
    kms_key: str | None = None  # None: as the bucket says
    storage_class: str | None = None

    @property
    def put_options(self) -> dict[str, Any]:
        """What every put repeats."""
        options: dict[str, Any] = {}
        if self.kms_key is not None:
            # One data key for the bucket's many objects: KMS bills each request.
            options |= {
                "ServerSideEncryption": "aws:kms",
                "SSEKMSKeyId": self.kms_key,
                "BucketKeyEnabled": True,
            }
        if self.storage_class is not None:
            options["StorageClass"] = self.storage_class
        return options
