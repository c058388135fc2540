"""headwater emulate: AWS in the box, for as long as it is wanted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from shlex import quote
from typing import TYPE_CHECKING

import click

from headwater.cli.call import Call, verb
from headwater.errors import EXIT_DONE, HeadwaterError, UsageError
from headwater.show.page import Span, Tone, dim, line

if TYPE_CHECKING:
    from headwater.emulator.box import Box

_ENDING = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD}
"""What ends a box; the last of them says that it has ended by itself."""


@click.command("emulate")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="[default: a free one]")
@click.option(
    "--faults",
    multiple=True,
    metavar="KEY=VALUE|FILE",
    help="What goes wrong: lost=0.2, throttle.s3=0.1, kill_nth.convert=3; or a JSON file of it.",
)
@click.option("--seed", type=int, help="The same calls in the same order meet the same faults.")
@click.argument("command_", metavar="[-- COMMAND...]", nargs=-1, type=click.UNPROCESSED)
@verb
def command(
    call: Call, port: int, faults: tuple[str, ...], seed: int | None, command_: tuple[str, ...]
) -> int:
    """Start AWS in the box on this machine, and say what to export.

    What the lake's headwater.yaml names on AWS is made in it: buckets, ledger, queue, topics.
    With a command, it is run with that exported, and the box ends with it.
    """
    from headwater.emulator.box import running  # noqa: PLC0415 - an extra
    from headwater.emulator.plan import read_plan, read_words  # noqa: PLC0415 - same

    words = read_words(faults) | ({} if seed is None else {"seed": seed})
    read_plan(words)
    with running(port=port, faults={key: float(str(value)) for key, value in words.items()}) as box:
        made = _seed(call, box)
        if command_:
            return _run(command_, box.environment)
        # Held back from here on, so that none comes between what is said and the wait for it.
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        if call.voice.as_json:
            call.voice.line({"url": box.url, "environment": box.environment, "made": made})
        else:
            for name, value in box.environment.items():
                sys.stdout.write(f"export {name}={quote(value)}\n")
            sys.stdout.flush()
            how = Span("Ctrl-C", Tone.COMMAND)
            call.voice.say(
                (line(dim(f"AWS in the box listens on {box.url}; "), how, dim(" ends it")),)
            )
        if signal.sigwait(_ENDING) == signal.SIGCHLD:
            raise HeadwaterError("the box ended by itself", hint="headwater doctor")
    return EXIT_DONE


def _seed(call: Call, box: Box) -> tuple[str, ...]:
    """Make what the lake that is meant has on AWS, if one is."""
    if not call.configuration.is_file():
        return ()
    from headwater.wiring.seed import seed  # noqa: PLC0415 - engines take their time

    os.environ.update(box.environment)
    made = seed(call.configuration)
    if made:
        call.voice.say((line(dim(f"made in the box: {', '.join(made)}")),))
    return made


def _run(words: tuple[str, ...], environment: dict[str, str]) -> int:
    """Run the command as a child that Ctrl-C reaches itself; its exit code is ours."""
    before = signal.signal(signal.SIGINT, lambda *_: None)  # a child would inherit SIG_IGN
    try:
        with subprocess.Popen(words, env={**os.environ, **environment}) as child:  # noqa: S603 - what the user asked to run
            try:
                code = child.wait()
            except KeyboardInterrupt:  # SIGTERM, which only this process was sent
                child.terminate()
                raise
    except FileNotFoundError as cause:
        raise UsageError(
            f"there is no command {words[0]}", hint="headwater emulate --help"
        ) from cause
    finally:
        signal.signal(signal.SIGINT, before)
    return code if code >= 0 else 128 - code
