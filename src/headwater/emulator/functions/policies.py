"""Permissions to call functions: taken away one at a time.

The double looks for a permission in a list that another request makes shorter meanwhile,
passes it by, and says that it was not there.
"""

from __future__ import annotations

from functools import wraps
from threading import Lock
from typing import Any

from moto.awslambda.policy import Policy

from headwater.emulator.patch import Function, exchange

_turn = Lock()


def install() -> None:
    """Let those who take permissions away wait for each other."""

    def make(old: Function) -> Function:
        @wraps(old)
        def del_statement(self: Policy, *args: Any, **named: Any) -> None:
            with _turn:
                old(self, *args, **named)

        return del_statement

    exchange(Policy, "del_statement", make)
