"""SQL over tables that lie elsewhere: their parts are brought here before they are asked."""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Sequence

from headwater.adapters.staging.shelf import Shelf
from headwater.model.ids import TableName
from headwater.model.part import Snapshot
from headwater.ports.engine import Answer, Asker


class StagedAsker:
    """Asks another over files of this machine; they stay as long as the answer does."""

    def __init__(self, asker: Asker, shelf: Shelf) -> None:
        self._asker = asker
        self._shelf = shelf

    def ask(
        self,
        sql: str,
        tables: Sequence[tuple[Snapshot, str]],
        *,
        views: Mapping[TableName, str] | None = None,
        known: Sequence[TableName] = (),
    ) -> Answer:
        """Answer one SELECT; see the port."""
        snapshots = [snapshot for snapshot, _ in tables]
        folders, files = self._shelf.bring([(where, each.parts) for each, where in tables])
        try:
            here = list(zip(snapshots, folders, strict=True))
            answer = self._asker.ask(sql, here, views=views, known=known)
        except BaseException:
            self._shelf.release(files)
            raise
        weakref.finalize(answer, self._shelf.release, files)
        return answer
