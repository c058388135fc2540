"""Values as a lake would give them, for what is shown of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from headwater.errors import EngineDied, SourceMissing
from headwater.flow.attempt import Failed
from headwater.flow.columnversions import ColumnChange, ColumnVersion
from headwater.flow.explain import Chapter, Story
from headwater.flow.land import Landing, LandingOutcome
from headwater.flow.likeness import Likely
from headwater.flow.quarantine import RefusedFile, RefusedRow
from headwater.flow.schema import ColumnStanding, ColumnStory, Origin
from headwater.flow.status import OpenColumns, Status, TableStanding
from headwater.flow.undecided import Undecided
from headwater.flow.verify import Finding, Verdict
from headwater.model.arrival import Arrival, ArrivalState, Cause
from headwater.model.change import ChangeKind
from headwater.model.ids import (
    ArrivalId,
    Digest,
    FeedName,
    Key,
    ManifestId,
    RawName,
    TableName,
)
from headwater.model.manifest import Claim, Manifest, ManifestState
from headwater.model.receipt import Books, FileBooks, Receipt
from headwater.ports.ledger import Standing
from headwater.ports.queue import Depth

NOON = datetime(2025, 4, 2, 12, tzinfo=UTC)
SALES = FeedName("sales")
CLEAN = TableName("sales_clean")
MANIFEST = ManifestId("m1abcdefghjkmnpq")


def file_books(name="sales/orders.csv", written=990, quarantined=10, **more):
    return FileBooks(
        arrival=ArrivalId("a" * 13),
        key=Key(name),
        size_bytes=123_456,
        state=more.pop("state", ArrivalState.COMPLETED),
        books=Books(written + quarantined, written, quarantined),
        reasons=(("bad_value", quarantined),) if quarantined else (),
        **more,
    )


def receipt(*files, **more):
    return replace(
        Receipt(
            manifest=MANIFEST,
            feed=SALES,
            table=CLEAN,
            attempt=1,
            files=files or (file_books(),),
            parts=3,
            size_bytes_out=45_678,
            engine="duckdb 2.0.0, careful",
            started_at=NOON,
            finished_at=NOON + timedelta(seconds=1.25),
            version=3,
        ),
        **more,
    )


def refused_file_books(name="sales/broken.csv"):
    cause = Cause("not_text", "sales/broken.csv is neither UTF-8 nor declared as anything else")
    return FileBooks(
        ArrivalId("b" * 13), Key(name), 99, ArrivalState.QUARANTINED, Books(), cause=cause
    )


def arrival(key="sales/orders.csv", **more):
    return replace(
        Arrival(
            id=ArrivalId("a" * 13),
            feed=SALES,
            key=Key(key),
            raw=RawName(key),
            version=Digest("9f2c41d07ab3" + "0" * 52),
            generation=1,
            size_bytes=123_456,
            stamp="1-2",
            records=1001,
            landed_at=NOON,
        ),
        **more,
    )


def manifest(**more):
    return replace(Manifest(MANIFEST, SALES, CLEAN, (ArrivalId("a" * 13),), 123_456, NOON), **more)


def failed(*, dead=False):
    error = EngineDied("the engine was ended by signal 9", hint="give it more memory")
    return Failed(Claim(manifest(), 1, "here-1"), error, dead=dead)


def landings():
    missing = SourceMissing("c.csv is not there", hint="look at its name")
    return [
        Landing(Path("a.csv"), LandingOutcome.LANDED, arrival()),
        Landing(Path("b.csv"), LandingOutcome.DUPLICATE, arrival("sales/b.csv")),
        Landing(Path("c.csv"), LandingOutcome.REFUSED, error=missing),
    ]


def standing(**more):
    return replace(
        Standing(
            feed=SALES,
            arrivals={
                ArrivalState.PENDING: 3,
                ArrivalState.COMPLETED: 1_200,
                ArrivalState.QUARANTINED: 2,
                ArrivalState.DEAD: 1,
            },
            manifests={ManifestState.OPEN: 1},
            pending_bytes=12_000_000,
            oldest_pending=NOON - timedelta(seconds=90),
            next_retry=None,
            rows_written=12_345_678,
            rows_quarantined=10,
        ),
        **more,
    )


def table(**more):
    return replace(
        TableStanding(
            table=CLEAN,
            version=7,
            rows=12_345_678,
            parts=30,
            size_bytes=456_000_000,
            columns=(("order_id", "bigint"), ("amount", "decimal(12,2)"), ("year", "int")),
            partition_by=("year",),
            feeds=(SALES,),
        ),
        **more,
    )


def status():
    unrouted = standing(
        feed=None,
        arrivals={ArrivalState.UNROUTED: 1},
        manifests={},
        oldest_pending=None,
        rows_written=0,
        rows_quarantined=0,
    )
    quiet = Standing(FeedName("weather"), {}, {}, 0, None, None, 0, 0)
    feeds = (standing(), quiet, unrouted)
    return Status(NOON, feeds, Depth(3, 0, 0), (table(),), (OpenColumns(SALES, 2),))


def story():
    first = arrival(state=ArrivalState.SUPERSEDED, manifest=MANIFEST)
    second = arrival(
        raw=RawName("sales/orders.csv~0002-9f2c41d07ab3"),
        generation=2,
        state=ArrivalState.COMPLETED,
        manifest=MANIFEST,
        landed_at=NOON + timedelta(hours=2),
    )
    done = manifest(state=ManifestState.COMMITTED, attempt=1)
    books = file_books(notes=("byte order mark dropped",))
    return Story(
        Key("sales/orders.csv"),
        (
            Chapter(first, done, receipt(), books, raw_there=True),
            Chapter(second, done, receipt(), books, raw_there=True),
        ),
    )


def refused_file(**more):
    reasons = (("bad_value", 8), ("ragged", 2))
    return replace(
        RefusedFile(arrival(), whole=False, rows=10, reasons=reasons, cause=None), **more
    )


def refused_row(**more):
    return replace(
        RefusedRow(
            arrival=ArrivalId("a" * 13),
            key=Key("sales/orders.csv"),
            line=1_017,
            column="amount",
            raw="17,abc,2025-04-02",
            code="bad_value",
            message="'abc' is no decimal(12,2)",
        ),
        **more,
    )


def verdict(*findings):
    return Verdict(2, 12_345_678, 30, 1_206, 987_654_321, findings, garbage=0)


def broken():
    return Finding("I1 no double", "sales_clean", "shows 20 rows, its receipt says 10")


def columns():
    declared, inferred = Origin.DECLARED, Origin.INFERRED
    first = Key("sales/2026-01-02.csv")
    return (
        ColumnStanding("order_id", "bigint", False, declared),
        ColumnStanding("customer_id", "text", True, declared, absent=3, absent_first=first),
        ColumnStanding("amount", "decimal(12,2)", True, declared, spellings=("betrag", "amt")),
        ColumnStanding("region", "text", True, declared, there=False),
        ColumnStanding("channel", "text", True, inferred),
        ColumnStanding("year", "int", True, Origin.PARTITION),
        ColumnStanding("_rescued", "text", True, Origin.RESCUED),
        ColumnStanding("_arrival", "text", True, Origin.PROVENANCE),
    )


def column_versions():
    first, fourth = Key("sales/2026-01-01.csv"), Key("sales/2026-01-04.csv")
    made = tuple(ColumnChange(each.name, None, each.type, first, 2) for each in columns())
    later = (
        ColumnChange("channel", None, "text", fourth, 1),
        ColumnChange("quantity", "int", "bigint", fourth, 3),
        ColumnChange("note", "text", None),
    )
    return (
        ColumnVersion(0, NOON, SALES, MANIFEST, made),
        ColumnVersion(4, NOON + timedelta(days=3), FeedName("returns"), MANIFEST, later),
    )


def waiting():
    second = Key("sales/2026-01-02.csv")
    why = "missing from the same file, and the names are alike"
    rename = Likely("cust_id", "customer_id", why)
    week = NOON + timedelta(days=7)
    return (
        Undecided("cust_id", ChangeKind.RESCUED, ("text",), second, 3, NOON, week, rename),
        Undecided("customer_id", ChangeKind.MISSING, ("text",), second, 3, NOON, week, rename),
        Undecided("fax number", ChangeKind.REFUSED, ("bigint", "text"), second, 1, NOON, NOON),
    )


def column_story(**more):
    story = ColumnStory(SALES, CLEAN, 7, columns(), column_versions(), waiting())
    return replace(story, **more)
