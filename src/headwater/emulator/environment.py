"""What a process of the box's users is given of the environment, and what it finds AWS by."""

from __future__ import annotations

import os

_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "JAVA_HOME", "VIRTUAL_ENV")


def passed_on(url: str, account: str, region: str) -> dict[str, str]:
    """The environment of a function or a job of this account.

    The box's own secrets and settings stay behind; what is installed in the interpreter's
    environment is found by the interpreter itself, which is the box's own.
    """
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {
        **inherited,
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ALLOW_HTTP": "true",
    }
