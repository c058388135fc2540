"""The arguments of a job, read as Glue's own module reads them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence


class GlueArgumentError(Exception):
    """An argument is missing."""


def getResolvedOptions(args: Sequence[str], options: Sequence[str]) -> dict[str, str]:  # noqa: N802 - Glue's name
    """The values of these arguments, and the name of the job; all of them have to be there."""
    parser = argparse.ArgumentParser(allow_abbrev=False, add_help=False)
    for option in {*options, "JOB_NAME"}:
        parser.add_argument(f"--{option}", required=option in options)
    known, _ = parser.parse_known_args(list(args[1:]))
    return {name: value for name, value in vars(known).items() if value is not None}
