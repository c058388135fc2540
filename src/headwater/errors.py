"""Every way to fail, with its code, exit code, HTTP status and hint.

HeadwaterError
├── UsageError               the call's words are off
│   ├── ConfigError          headwater.yaml is wrong: file, line, key
│   ├── UnknownFeed          no feed of that name
│   ├── UnknownModel         no model of that name
│   ├── UnknownTable         no table of that name
│   └── NoLake               no headwater.yaml here
├── InputError               a source file cannot be taken
│   ├── SourceMissing        it is not there
│   ├── SourceNotAFile       it is a folder, pipe, socket or device
│   ├── SourceUnreadable     it may not be read
│   ├── SourceTooBig         it claims far more bytes than were written to it
│   └── SourceChanged        it changed while it was read
├── StoreError               bytes could not be put or got
│   ├── ObjectExists         create-if-absent found the name taken
│   ├── ObjectMissing        no object of that name
│   ├── UnfitStore           it does not keep what a lake stands on
│   └── NoSpace              the disk or a quota is full
├── LedgerError              the ledger could not do it
│   ├── IllegalMove          a state may not follow another
│   └── LeaseLost            another attempt has taken over
├── TableError               the table's log could not do it
│   ├── CommitConflict       another commit changed what this one builds on
│   └── CommitUnknown        the reply was lost: look before acting
├── EngineError              the conversion failed
│   ├── EngineDied           the child process ended without an answer
│   └── EngineRefused        the job as a whole cannot be done
│       └── TypesDiffer      its steps make other types than the table has
├── QueryError               the SQL could not be answered
├── NotifyFailed             somebody could not be told of an event
├── Unbalanced               the books of a run do not balance
├── BrokenInvariant          what must hold does not
└── MissingExtra             an optional dependency is not installed
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_REFUSED = 3
EXIT_INTERRUPTED = 130


class HeadwaterError(Exception):
    """What failed, on which named thing, why; and a hint: what to do about it."""

    code = "failed"
    exit_code = EXIT_FAILED
    http_status = 500
    retryable = False

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        """Take one sentence that says what failed and one that says what to do."""
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def document(self) -> dict[str, str | None]:
        """As programs get it: code, message and hint."""
        return {"code": self.code, "message": self.message, "hint": self.hint}

    def __reduce__(self) -> tuple[object, ...]:
        return (_revive, (type(self), self.message, self.hint))


def _revive(kind: type[HeadwaterError], message: str, hint: str | None) -> HeadwaterError:
    return kind(message, hint=hint)


class UsageError(HeadwaterError):
    """The call's words are off."""

    code = "usage"
    exit_code = EXIT_USAGE
    http_status = 422


class ConfigError(UsageError):
    """headwater.yaml is wrong; the message names file, line and key."""

    code = "config"


class UnknownFeed(UsageError):
    """No feed of that name is declared."""

    code = "unknown_feed"
    http_status = 404


class UnknownModel(UsageError):
    """No model of that name is declared."""

    code = "unknown_model"
    http_status = 404


class UnknownTable(UsageError):
    """No table of that name exists."""

    code = "unknown_table"
    http_status = 404


class NoLake(UsageError):
    """There is no headwater.yaml where one was looked for."""

    code = "no_lake"
    http_status = 404


class InputError(HeadwaterError):
    """A source file cannot be taken."""

    code = "input"
    http_status = 422


class SourceMissing(InputError):
    """The file is not there."""

    code = "source_missing"
    http_status = 404


class SourceNotAFile(InputError):
    """The path is a folder, pipe, socket or device."""

    code = "source_not_a_file"


class SourceUnreadable(InputError):
    """The file may not be read."""

    code = "source_unreadable"


class SourceTooBig(InputError):
    """The file claims far more bytes than were written to it."""

    code = "source_too_big"
    http_status = 413


class SourceChanged(InputError):
    """The file changed while it was read."""

    code = "source_changed"
    retryable = True
    http_status = 409


class StoreError(HeadwaterError):
    """Bytes could not be put or got."""

    code = "store"
    retryable = True
    http_status = 503


class ObjectExists(StoreError):
    """Create-if-absent found the name taken; what was there is untouched."""

    code = "object_exists"
    retryable = False
    http_status = 409


class ObjectMissing(StoreError):
    """No object of that name."""

    code = "object_missing"
    retryable = False
    http_status = 404


class UnfitStore(StoreError):
    """It does not keep what a lake stands on: a name that is taken stays taken."""

    code = "unfit_store"
    retryable = False
    http_status = 501


class NoSpace(StoreError):
    """The disk or a quota is full."""

    code = "no_space"
    http_status = 507


class LedgerError(HeadwaterError):
    """The ledger could not do it."""

    code = "ledger"
    retryable = True
    http_status = 503


class IllegalMove(LedgerError):
    """A state may not follow another."""

    code = "illegal_move"
    retryable = False
    http_status = 409


class LeaseLost(LedgerError):
    """Another attempt has taken the work over; this one changes nothing more."""

    code = "lease_lost"
    retryable = False
    http_status = 409


class TableError(HeadwaterError):
    """The table's log could not do it."""

    code = "table"
    retryable = True
    http_status = 503


class CommitConflict(TableError):
    """Another commit changed what this one builds on; convert again."""

    code = "commit_conflict"
    http_status = 409


class CommitUnknown(TableError):
    """The reply to a commit was lost: read the log before doing anything."""

    code = "commit_unknown"


class EngineError(HeadwaterError):
    """The conversion failed."""

    code = "engine"
    retryable = True


class EngineDied(EngineError):
    """The child process ended without an answer."""

    code = "engine_died"


class EngineRefused(EngineError):
    """The job as a whole cannot be done, and trying again will not help."""

    code = "engine_refused"
    retryable = False


class TypesDiffer(EngineRefused):
    """What the steps make and what the table has are of different types."""

    code = "types_differ"


class CheckFailed(HeadwaterError):
    """A check failed that halts a batch or a build; nothing of it was written."""

    code = "check_failed"

    def __init__(
        self, message: str, *, hint: str | None = None, found: Sequence[Mapping[str, object]] = ()
    ) -> None:
        """Take also what each check found, as plain data: this tree knows no other room."""
        super().__init__(message, hint=hint)
        self.found = tuple(found)

    def __reduce__(self) -> tuple[object, ...]:
        return (_halted, (self.message, self.hint, self.found))


def _halted(message: str, hint: str | None, found: Sequence[Mapping[str, object]]) -> CheckFailed:
    return CheckFailed(message, hint=hint, found=found)


class QueryError(HeadwaterError):
    """The SQL could not be answered."""

    code = "query"
    http_status = 422


class NotifyFailed(HeadwaterError):
    """Somebody could not be told of an event; it is tried again."""

    code = "notify"
    retryable = True
    http_status = 502


class Unbalanced(HeadwaterError):
    """Records counted are not the records accounted for; nothing was committed."""

    code = "unbalanced"
    retryable = True


class BrokenInvariant(HeadwaterError):
    """What must hold does not."""

    code = "broken_invariant"


class MissingExtra(HeadwaterError):
    """An optional dependency is not installed."""

    code = "missing_extra"
    exit_code = EXIT_USAGE
    http_status = 501
