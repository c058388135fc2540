"""What DynamoDB's errors mean: try again, look first, or tell the user."""

from __future__ import annotations

from typing import Any

from headwater.errors import HeadwaterError, LedgerError

_BUSY = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "ThrottlingError",
        "ThrottlingException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
_REFUSED = frozenset({"ConditionalCheckFailed", "ConditionalCheckFailedException"})
_BROKEN = frozenset({"ConnectionError", "HTTPClientError", "ResponseParserError"})  # botocore's
_KEYS = frozenset(
    {
        "AccessDeniedException",
        "ExpiredTokenException",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
        "UnrecognizedClientException",
    }
)
_FAULT = 500  # from here on it is the service's


class Refused(Exception):
    """A condition did not hold: look who made it so, for it may have been an earlier try."""


def is_refusal(cause: Exception) -> bool:
    """Whether a condition did not hold."""
    return not _REFUSED.isdisjoint(_codes(cause))


def is_passing(cause: Exception) -> bool:
    """Whether the same request may be sent again; it may have been carried out."""
    codes = _codes(cause)
    if not codes:  # no answer came at all
        return any(kind.__name__ in _BROKEN for kind in type(cause).__mro__)
    status = _answer(cause).get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= _FAULT or codes <= _BUSY


def explained(cause: Exception, table: str) -> HeadwaterError:
    """The error of our own tree for one of AWS's."""
    from headwater.adapters.aws.door import GIVE_KEYS, NO_KEYS  # noqa: PLC0415 - slow

    if isinstance(cause, NO_KEYS):
        return LedgerError(
            f"the DynamoDB table {table} needs credentials, and none were found: {cause}",
            hint=GIVE_KEYS,
        )
    codes = _codes(cause)
    if "ResourceNotFoundException" in codes:
        return LedgerError(
            f"the DynamoDB table {table} is not there",
            hint="lay it down with `headwater deploy --apply`, or look at region and name",
        )
    if not codes.isdisjoint(_KEYS):
        return LedgerError(
            f"the DynamoDB table {table} may not be used: {cause}",
            hint="see that the credentials are valid and their role may use the table",
        )
    if is_passing(cause):
        return LedgerError(
            f"the DynamoDB table {table} did not answer for too long: {cause}",
            hint="run it again; what was done is found, and is not done twice",
        )
    return LedgerError(
        f"the DynamoDB table {table} refused a request: {cause}",
        hint="please report it with this message",
    )


def _codes(cause: Exception) -> frozenset[str]:
    """What the service said; of a transaction, of each item that stood in the way."""
    answer = _answer(cause)
    reasons = answer.get("CancellationReasons") or [answer.get("Error", {})]
    return frozenset(reason.get("Code", "") for reason in reasons) - {"None", ""}


def _answer(cause: Exception) -> dict[str, Any]:
    return getattr(cause, "response", None) or {}
