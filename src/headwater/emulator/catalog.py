"""The Glue catalog: a table is changed only by whoever has seen it as it is."""

from __future__ import annotations

from threading import Lock
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.glue import responses
from moto.glue.responses import GlueResponse

from headwater.emulator.patch import Function, exchange

_turn = Lock()


def install() -> None:
    """Have the version looked at that an update names; the double takes any."""
    exchange(responses.GlueResponse, "update_table", _if_unchanged)


def _if_unchanged(old: Function) -> Function:
    def update_table(self: GlueResponse) -> Any:
        wanted = self.parameters.get("VersionId")
        name = self.parameters["TableInput"]["Name"]
        with _turn:
            table = self.glue_backend.get_table(self.parameters["DatabaseName"], name)
            if wanted is not None and table.as_dict()["VersionId"] != wanted:
                raise JsonRESTError(
                    "ConcurrentModificationException", f"table {name} was changed since"
                )
            return old(self)

    return update_table
