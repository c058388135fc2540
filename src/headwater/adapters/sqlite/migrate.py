"""Brings a file to the schema that this version knows; refuses what it does not know."""

from __future__ import annotations

from pathlib import Path

import apsw

from headwater.adapters.sqlite.queries import read
from headwater.errors import LedgerError

VERSION = 4
APPLICATION = 0x48574C47  # "HWLG", so that another program's file is not taken for ours


def migrate(connection: apsw.Connection, path: Path) -> None:
    """Create the tables, or bring them up to VERSION, in one step that racers may share."""
    if _version(connection, path) == VERSION:
        return
    connection.execute("begin immediate")
    try:
        for version in range(_version(connection, path), VERSION):
            connection.execute(read(f"schema_{version + 1}"))
        connection.pragma("application_id", APPLICATION)
        connection.pragma("user_version", VERSION)
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise


def _version(connection: apsw.Connection, path: Path) -> int:
    version = int(connection.pragma("user_version"))
    if version > VERSION:
        raise LedgerError(
            f"{path} has schema version {version}, and this Headwater knows {VERSION} at most",
            hint="upgrade Headwater to the version that wrote it, or a later one",
        )
    tables = connection.execute("select count(*) from sqlite_schema").get
    if tables and connection.pragma("application_id") != APPLICATION:
        raise LedgerError(
            f"{path} is an SQLite database of another program",
            hint="name another path for the ledger; this file was left as it is",
        )
    return version
