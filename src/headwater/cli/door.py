"""The door: every way a call can end becomes an exit code and two lines a person understands."""

from __future__ import annotations

import errno
import io
import logging
import os
import re
import sys
import threading
import traceback
from collections.abc import Sequence
from typing import NoReturn

import click

from headwater.cli.call import ReaderGone, Session
from headwater.cli.program import program
from headwater.cli.signals import Terminated, heed_signals
from headwater.cli.tell import silence, tell
from headwater.cli.traces import TraceKeeper, keep
from headwater.errors import (
    EXIT_DONE,
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_USAGE,
    HeadwaterError,
    NoSpace,
    StoreError,
)
from headwater.ports.question import QUESTION_THREAD

_GUESS = re.compile(r"\. \(?Did you mean(?: one of:)? ('[^?]*)\?\)?$")
_NO_NUMBER = ("is not a valid integer range", "is not a whole number")
"""What click says of a word that is none of what it takes, and how we say it."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def enter() -> NoReturn:
    """Do what the command line says, and end the process with its exit code."""
    _open_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # names need not be text; a face must not fail
            stream.reconfigure(errors="backslashreplace")
    heed_signals()
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        silence(sys.stdout)
    except OSError as error:
        silence(sys.stdout)
        code = code or _ended_by(error, Session())
    sys.exit(code)


def _open_streams() -> None:
    """Give the process the streams that it was started without: what it opens next is no stdout."""
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
            stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115 - it stays
            setattr(sys, name, stream)


def run(words: Sequence[str]) -> int:
    """Do what the words say; answer the exit code."""
    session = Session(as_json="--json" in words)
    logging.getLogger("headwater").addHandler(TraceKeeper(session))
    try:
        answer = program.main(
            list(words), prog_name="headwater", standalone_mode=False, obj=session
        )
        code = answer if isinstance(answer, int) else EXIT_DONE
    except HeadwaterError as error:
        tell(error.code, error.message, error.hint, as_json=session.as_json)
        code = error.exit_code
    except click.ClickException as error:
        code = _misused(error, session)
    except (click.Abort, KeyboardInterrupt) as interruption:
        code = _interrupted(interruption, session)
    except ReaderGone:
        silence(sys.stdout)
        code = EXIT_DONE
    except OSError as error:
        code = _ended_by(error, session)
    except Exception:  # noqa: BLE001 - the door: nobody behind it would tell the user
        code = _unexpected(session)
    return code


def _interrupted(interruption: BaseException, session: Session) -> int:
    hint = "run it again: nothing is left half written"
    if session.opened:
        hint = "headwater status shows what is left; nothing is lost, and nothing is doubled"
    cause = interruption.__cause__ if isinstance(interruption, click.Abort) else interruption
    message, code = "interrupted", EXIT_INTERRUPTED
    if isinstance(cause, Terminated):
        message, code = f"ended by {cause}", cause.exit_code
    tell("interrupted", message, hint, as_json=session.as_json)
    if any(thread.name == QUESTION_THREAD for thread in threading.enumerate()):
        sys.stdout.flush()
        os._exit(code)  # a question that heeds no interrupt would hold up the end for ever
    return code


def _misused(error: click.ClickException, session: Session) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        sys.stderr.write(f"{error.format_message()}\n")
    else:
        tell("usage", _sentence(error), _help(error), as_json=session.as_json)
    return EXIT_USAGE


def _sentence(error: click.ClickException) -> str:
    message = error.format_message().rstrip(".")
    message = _GUESS.sub(r"; did you mean \1?", message).replace(*_NO_NUMBER)
    return message[:1].lower() + message[1:]


def _help(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    if context is None:
        return "headwater --help"
    path, words = context.command_path, " ".join(context.command.collect_usage_pieces(context)[1:])
    if isinstance(error, click.MissingParameter) and isinstance(error.param, click.Argument):
        return f"write it as {path} {words}; {path} --help tells more"
    if context.command.name == "query" and "extra argument" in error.format_message():
        return 'put the SQL in quotes: headwater query "select ..."'
    return f"{path} --help"


def _ended_by(error: OSError, session: Session) -> int:
    """End where the world outside said no."""
    where = f"{error.filename}: " if error.filename else ""
    why = (error.strerror or str(error)).lower()
    if error.errno in _FULL:
        hint = "make room on the disk, then run it again: it goes on where it was"
        tell(NoSpace.code, f"{where}{why}", hint, as_json=session.as_json)
    else:
        hint = "headwater doctor looks at this machine and this lake"
        tell(StoreError.code, f"{where}{why}", hint, as_json=session.as_json)
    return EXIT_FAILED


def _unexpected(session: Session) -> int:
    """A mistake of ours: keep what finding it takes, and say where."""
    trace = traceback.format_exc()
    last = trace.strip().rpartition("\n")[2]
    file = keep(session, trace)
    hint = "report it; no trace could be written here"
    if file is not None:
        hint = f"report it with {file}; the lake is as safe as before"
    tell("unexpected", f"a mistake in Headwater itself: {last}", hint, as_json=session.as_json)
    return EXIT_FAILED
