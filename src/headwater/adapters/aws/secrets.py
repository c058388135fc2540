"""Secrets that AWS keeps, read by who is allowed to."""

from __future__ import annotations

import re

from headwater.adapters.aws.door import door
from headwater.adapters.aws.settings import AwsSettings
from headwater.errors import StoreError

_ARN = re.compile(r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S+")


def is_reference(text: str) -> bool:
    """Whether a text is the ARN of a secret, and no secret itself."""
    return _ARN.fullmatch(text) is not None


def secret(arn: str, settings: AwsSettings | None = None) -> str:
    """The text of a secret, as it is now; StoreError where it cannot be read."""
    with door(arn):
        client = (settings or AwsSettings()).client("secretsmanager")
        told = client.get_secret_value(SecretId=arn)
    text = told.get("SecretString")
    if not isinstance(text, str):
        raise StoreError(f"{arn} holds no text", hint="keep the secret there as a text")
    return text
