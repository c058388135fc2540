"""The gateway that the tests of a process share."""

from __future__ import annotations

import pytest

from headwater.adapters.aws.bucket import S3Bucket
from tests.radosgw.gateway import BUCKET, Gateway, require_radosgw, running


@pytest.fixture(scope="session", name="gateway")
def _gateway(tmp_path_factory) -> Gateway:
    require_radosgw()
    with running(tmp_path_factory.mktemp("radosgw")) as started:
        yield started


@pytest.fixture(scope="session")
def bucket(gateway):
    """Its bucket, over one client: to make one takes a tenth of a second."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in gateway.environment.items():
            patch.setenv(name, value)
        return S3Bucket(BUCKET)


@pytest.fixture
def as_s3(gateway, monkeypatch):
    """This process takes the gateway for S3."""
    for name, value in gateway.environment.items():
        monkeypatch.setenv(name, value)
    return gateway
