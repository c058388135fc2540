"""What a user's own typed code looks like; mypy reads it, nobody runs it."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any, assert_type

import headwater
from headwater.errors import HeadwaterError
from headwater.flow.attempt import Failed
from headwater.flow.explain import Story
from headwater.flow.land import Landing
from headwater.flow.quarantine import RefusedFile, RefusedRow
from headwater.flow.rehearse import Rehearsal
from headwater.flow.reread import Replayed
from headwater.flow.sweep import Swept
from headwater.flow.verify import Verdict
from headwater.flow.work import Done
from headwater.lake import Ingested
from headwater.model.progress import Progress
from headwater.model.receipt import Receipt
from headwater.ports.engine import Answer
from headwater.ports.store import How


def nightly(folder: Path) -> int:
    with headwater.open(folder) as lake:
        assert_type(lake, headwater.Lake)
        ingested = lake.ingest("sales", folder / "a.csv", "b.csv", how=How.LINK, watch=show)
        assert_type(ingested, Ingested)
        assert_type(ingested.receipts, tuple[Receipt, ...])
        for receipt in ingested.receipts:
            assert_type(receipt.books.written, int)
        return count(lake)


def count(lake: headwater.Lake) -> int:
    answer = lake.query("select count(*) from sales", at=3)
    assert_type(answer, Answer)
    assert_type(answer.columns, tuple[str, ...])
    assert_type(answer.rows(limit=1), list[tuple[Any, ...]])
    return sum(1 for _ in answer.rows())


def every_verb(lake: headwater.Lake) -> None:
    assert_type(lake.land("sales", "a.csv", under="2026"), list[Landing])
    assert_type(lake.work(until_idle=False, stop=Event(), told=tell), Done)
    assert_type(lake.explain("a.csv"), list[Story])
    assert_type(lake.receipts(feed="sales", limit=3), list[Receipt])
    assert_type(lake.quarantine(history=True), list[RefusedFile])
    assert_type(lake.refused_rows(feed="sales"), list[RefusedRow])
    assert_type(lake.replay(file="a.csv"), Replayed)
    assert_type(lake.rehearse("sales"), Rehearsal)
    assert_type(lake.sweep(), Swept)
    assert_type(lake.verify(watch=show), Verdict)
    assert_type(lake.verify().holds, bool)


def show(progress: Progress) -> None:
    assert_type(progress.done_bytes, int)


def tell(news: Receipt | Failed) -> None:
    if isinstance(news, Failed):
        assert_type(news.error, HeadwaterError)
        assert_type(news.error.hint, str | None)


def one_file(path: Path) -> list[str]:
    with headwater.read(path, types="text", watch=show) as content:
        assert_type(content, headwater.Content)
        assert_type(content.found.format, str)
        assert_type(next(content.rows()), tuple[Any, ...])
        for flaw in content.refused:
            assert_type(flaw.line, int | None)
        return list(content.columns)
