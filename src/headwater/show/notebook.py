"""What a notebook shows of a value: `_repr_html_` for each kind of value that a Lake returns.

The values stay plain: they know nothing of pages. This module knows both, and
whoever imports the façade has imported it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from headwater.flow.checks import CheckStory
from headwater.flow.compact import CompactedTable
from headwater.flow.expected import Expected
from headwater.flow.explain import Story
from headwater.flow.land import Landing
from headwater.flow.models.refresh import Refreshed
from headwater.flow.models.standing import ModelStanding
from headwater.flow.quarantine import RefusedFile, RefusedRow
from headwater.flow.rebuild import Rebuilt
from headwater.flow.reconcile import Reconciled
from headwater.flow.rehearse import Rehearsal
from headwater.flow.reread import Replayed
from headwater.flow.schema import ColumnStory
from headwater.flow.status import Status, TableStanding
from headwater.flow.sweep import Swept
from headwater.flow.table import TableStory
from headwater.flow.verify import Verdict
from headwater.flow.work import Done
from headwater.look.content import Content
from headwater.model.receipt import Receipt
from headwater.show.checks import checks_page
from headwater.show.expected import expected_page
from headwater.show.html import html
from headwater.show.look import look_page
from headwater.show.models import model_page, models_page, refreshed_page
from headwater.show.page import Page, dim, line
from headwater.show.receipts import failed_page, landings_page, receipt_page, receipts_page
from headwater.show.refused import refused_files_page, refused_rows_page
from headwater.show.replayed import rehearsal_page, replayed_page
from headwater.show.schema import schema_page
from headwater.show.standing import status_page, table_page, tables_page
from headwater.show.story import stories_page
from headwater.show.table import table_story_page
from headwater.show.upkeep import (
    compacted_page,
    rebuilt_page,
    reconciled_page,
    swept_page,
    verdict_page,
)

T = TypeVar("T")
V = TypeVar("V")


class Listing(list[T]):
    """A list that a notebook shows as a table."""

    def _repr_html_(self) -> str:
        page = _LISTS.get(type(self[0])) if self else None
        return html(page(self) if page else (line(dim("nothing")),))


def done_page(done: Done) -> Page:
    """What a worker did."""
    failures = tuple(block for failed in done.failures for block in failed_page(failed))
    return (*receipts_page(done.receipts), *failures) or (line(dim("nothing was to do")),)


def shown_as(kind: type[V], page: Callable[[V], Page]) -> None:
    """Have a notebook show values of that kind as this page."""
    kind._repr_html_ = lambda value: html(page(value))  # type: ignore[attr-defined]


_LISTS: dict[type, Callable[[Any], Page]] = {
    CompactedTable: compacted_page,
    CheckStory: checks_page,
    Expected: expected_page,
    Landing: landings_page,
    Receipt: receipts_page,
    RefusedFile: refused_files_page,
    RefusedRow: refused_rows_page,
    Story: stories_page,
    TableStanding: tables_page,
    ModelStanding: models_page,
}

shown_as(Content, look_page)
shown_as(CheckStory, lambda story: checks_page([story]))
shown_as(Expected, lambda expected: expected_page([expected]))
shown_as(Receipt, receipt_page)
shown_as(Landing, lambda landing: landings_page([landing]))
shown_as(RefusedFile, lambda file: refused_files_page([file]))
shown_as(RefusedRow, lambda row: refused_rows_page([row]))
shown_as(Story, lambda story: stories_page([story]))
shown_as(TableStanding, table_page)
shown_as(TableStory, table_story_page)
shown_as(CompactedTable, lambda done: compacted_page([done]))
shown_as(Done, done_page)
shown_as(Status, status_page)
shown_as(ColumnStory, schema_page)
shown_as(Verdict, verdict_page)
shown_as(Reconciled, reconciled_page)
shown_as(Swept, swept_page)
shown_as(Rebuilt, rebuilt_page)
shown_as(Replayed, replayed_page)
shown_as(Rehearsal, rehearsal_page)
shown_as(ModelStanding, model_page)
shown_as(Refreshed, refreshed_page)
