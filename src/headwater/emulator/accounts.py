"""Accounts: an access key of twelve digits belongs to the account of that number.

The double knows the accounts of keys that its IAM has made, and takes every other key
for one account. Accounts of their own keep tests apart that share a box.
"""

from __future__ import annotations

import re
from typing import Any

from moto.core.responses import BaseResponse

from headwater.emulator.patch import Function, exchange

_SIGNED = re.compile(r"Credential=(\d{12})/")
_PRESIGNED = re.compile(r"(\d{12})/")


def install() -> None:
    """Let a key say which account it belongs to."""

    def make(old: Function) -> Function:
        def get_current_account(self: Any) -> str:
            signed = _SIGNED.search(self.headers.get("Authorization", ""))
            found = signed or _PRESIGNED.match(self.querystring.get("X-Amz-Credential", [""])[0])
            account: str = found[1] if found is not None else old(self)
            return account

        return get_current_account

    exchange(BaseResponse, "get_current_account", make)
