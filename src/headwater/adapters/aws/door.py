"""What the vendor's errors mean in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from headwater.adapters.aws.reach import LOOK_AT
from headwater.errors import MissingExtra, StoreError

try:
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        NoCredentialsError,
        NoRegionError,
        PartialCredentialsError,
        ProfileNotFound,
        TokenRetrievalError,
    )
except ImportError as _error:
    raise MissingExtra(
        "a lake on AWS needs boto3, which is not installed", hint="pip install 'headwater[aws]'"
    ) from _error

VENDOR = (BotoCoreError, ClientError)

NO_KEYS = (NoCredentialsError, PartialCredentialsError, ProfileNotFound, TokenRetrievalError)
GIVE_KEYS = "set AWS_PROFILE or AWS_ACCESS_KEY_ID, or give the machine a role"
_BAD_KEYS = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidToken",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_DENIED = frozenset({"403", "AccessDenied", "AccessDeniedException", "AllAccessDisabled"})
_NOWHERE = frozenset(
    {"AWS.SimpleQueueService.NonExistentQueue", "NoSuchBucket", "QueueDoesNotExist"}
)
_LATER = frozenset(
    {
        "409",
        "500",
        "503",
        "ConditionalRequestConflict",
        "InternalError",
        "NoSuchUpload",
        "OperationAborted",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "ThrottlingException",
    }
)


@contextmanager
def door(where: str) -> Iterator[None]:
    """Let only our own errors out."""
    try:
        yield
    except VENDOR as error:
        raise translate(where, error) from error


def code_of(error: Exception) -> str:
    """The vendor's word for it."""
    if not isinstance(error, ClientError):
        return ""
    return error.response.get("Error", {}).get("Code", "")


def is_doubtful(error: Exception) -> bool:
    """Whether the call may have had its effect, or may have it when it is asked again."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return status >= 500 or code_of(error) in _LATER  # noqa: PLR2004 - HTTP's own
    return not isinstance(error, (*NO_KEYS, NoRegionError))


def translate(where: str, error: Exception) -> StoreError:
    """The error of ours that says the same."""
    code = code_of(error)
    if isinstance(error, NO_KEYS):
        return StoreError(
            f"{where} needs credentials, and none were found: {error}",
            hint=GIVE_KEYS,
        )
    if isinstance(error, NoRegionError):
        return StoreError(f"{where} needs a region, and none is set", hint="set AWS_REGION")
    if code in _BAD_KEYS:
        return StoreError(
            f"{where} does not take these credentials: {code}",
            hint="renew the credentials, and see that the clock is right",
        )
    if code in _DENIED:
        return StoreError(
            f"{where} may not be touched: access is denied",
            hint="give this role the right to get, put, list and delete there, and to use its key",
        )
    if code in _NOWHERE:
        return StoreError(f"{where} does not exist", hint="make it, or check its name and region")
    hint = "try again" if isinstance(error, ClientError) else LOOK_AT
    return StoreError(f"{where} could not be reached: {_reason(error)}", hint=hint)


def _reason(error: Exception) -> str:
    said = error.response.get("Error", {}) if isinstance(error, ClientError) else {}
    return " ".join(f"{said.get('Code', '')} {said.get('Message', '')}".split()) or str(error)
