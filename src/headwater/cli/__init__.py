"""The command line: parse, make one Lake call, render."""

import sys

EXIT_INTERRUPTED = 130


def main() -> None:
    """Do what the command line says, and end the process with its exit code."""
    try:
        from headwater.cli.door import enter  # noqa: PLC0415 - importing the package costs nothing

        enter()
    except KeyboardInterrupt:  # while the door was still being built
        sys.exit(EXIT_INTERRUPTED)
