"""The command line: parse, make one Lake call, render."""


def main() -> None:
    """Do what the command line says, and end the process with its exit code."""
    from headwater.cli.door import enter  # noqa: PLC0415 - importing the package costs nothing

    enter()
