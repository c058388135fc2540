"""What a lake stands on: files or buckets, tables, ledger, queue, as its configuration says."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from headwater.adapters.aws import events
from headwater.adapters.aws.settings import AwsSettings, S3Settings
from headwater.adapters.delta import DeltaTables, StoredTables
from headwater.adapters.duckdb.asking.ask import DuckAsker
from headwater.adapters.duckdb.asking.fetched import answer_of_csv
from headwater.adapters.duckdb.engine import DuckEngine
from headwater.adapters.files import FileStore
from headwater.adapters.objects.open import StoreSettings, open_store
from headwater.adapters.objects.probe import is_probe
from headwater.adapters.objects.vetted import Vetting
from headwater.adapters.sqlite.hold import alone
from headwater.adapters.sqlite.ledger import SqliteLedger
from headwater.adapters.sqlite.queue import SqliteQueue
from headwater.adapters.staging import Ahead, Leaving, Places, Shelf, StagedAsker, StagedEngine
from headwater.config.settings import Place, Settings, Url
from headwater.flow.announced import Hearing, announced
from headwater.flow.rebuild import Rebuilt
from headwater.model.clock import Clock
from headwater.model.ids import RawName
from headwater.model.notify import Notify, Topic
from headwater.ports.catalogue import Catalogue
from headwater.ports.engine import Asker, Engine, Staging
from headwater.ports.ledger import Ledger
from headwater.ports.metrics import Metrics
from headwater.ports.notifier import Notifier
from headwater.ports.queue import Queue
from headwater.ports.store import Store
from headwater.ports.tables import Tables

if TYPE_CHECKING:
    from headwater.adapters.aws.telling import TellingLedger

_S3 = "s3://"
_TELLS = 3  # tries of one event; it is told again a minute later


def store_at(settings: Settings, place: Place, vetting: Vetting | None) -> Store:
    """The objects of a zone."""
    if isinstance(place, Path):
        return FileStore(place)
    s3 = S3Settings(_aws(settings), settings.kms_key)
    return open_store(place, StoreSettings(s3), vetting)


def tables_at(settings: Settings, zone: str, store: Store, clock: Clock) -> Tables:
    """The tables of a zone."""
    place = settings.zones[zone]
    if isinstance(place, Path):
        return DeltaTables(place)
    # A mirror is of no use to another store, should the zone ever lie elsewhere.
    mirror = settings.home / ".mirror" / hashlib.sha256(place.encode()).hexdigest()[:16]
    return DeltaTables(StoredTables(store, mirror, clock), clock)


def engines(
    stores: Iterable[Store], most_bytes: int | None = None
) -> tuple[Callable[[], Engine], Asker, Staging | None]:
    """What converts, and what answers: both work on files, and far objects are staged.

    Of these half of what is free here may be here at once, unless something else is said.
    """
    far = [each for each in stores if not each.abilities.local_paths]
    if not far:
        return DuckEngine, DuckAsker(), None
    places = Places(far)
    shelf = Shelf(places)
    if most_bytes is None:
        most_bytes = shutil.disk_usage(tempfile.gettempdir()).free // 2
    ahead, leaving = Ahead(places, most_bytes // 3), Leaving()
    return (
        lambda: StagedEngine(DuckEngine(), places, shelf, ahead, leaving),
        StagedAsker(DuckAsker(), shelf),
        Staging(ahead.expect, leaving.wait, most_bytes),
    )


def ledger_of(settings: Settings) -> Ledger:
    """The ledger."""
    if settings.ledger_url is None:
        return SqliteLedger(settings.ledger)
    return _far_ledger(settings, settings.ledger_url)


def _far_ledger(settings: Settings, url: Url) -> TellingLedger:
    from headwater.adapters.aws.telling import TellingLedger  # noqa: PLC0415 - an extra

    return TellingLedger(_aws(settings).client("dynamodb"), url.removeprefix("dynamodb://"))


def queue_of(settings: Settings, clock: Clock) -> Queue:
    """The queue."""
    if settings.queue_url is None:
        return SqliteQueue(settings.queue, clock=clock)
    from headwater.adapters.aws.queue import SqsQueue  # noqa: PLC0415 - an extra

    return SqsQueue(settings.queue_url.removeprefix("sqs://"), _aws(settings))


def catalogue_of(settings: Settings) -> Catalogue | None:
    """Where tables are shown to other tools."""
    if settings.catalog_url is None:
        return None
    from headwater.adapters.aws.catalogue import GlueCatalogue  # noqa: PLC0415 - an extra

    return GlueCatalogue(settings.catalog_url.removeprefix("glue://"), _aws(settings))


def asked_elsewhere(settings: Settings) -> dict[str, Asker]:
    """Who else answers, by the name that one asks for them."""
    if settings.athena_workgroup is None or settings.catalog_url is None:
        return {}
    from headwater.adapters.aws.athena import Athena, AthenaAsker  # noqa: PLC0415 - an extra

    results = settings.zones["results"]
    athena = Athena(
        workgroup=settings.athena_workgroup,
        database=settings.catalog_url.removeprefix("glue://"),
        results=f"{results}/athena/" if str(results).startswith(_S3) else None,
        limit_bytes=settings.athena_limit_bytes,
        prices=settings.prices,
    )
    return {"athena": AthenaAsker(athena, answer_of_csv, _aws(settings))}


def metrics_of(settings: Settings) -> Metrics | None:
    """Where figures of runs go."""
    if settings.metrics_url is None:
        return None
    from headwater.adapters.aws.metrics import CloudWatchMetrics  # noqa: PLC0415 - an extra

    return CloudWatchMetrics(settings.metrics_url.removeprefix("cloudwatch://"), _aws(settings))


def topic_told(notify: Notify, topic: Topic, settings: Settings) -> Notifier:
    """Who tells a topic of SNS."""
    from headwater.adapters.aws.notifier import SnsNotifier  # noqa: PLC0415 - an extra

    patience = notify.patience.total_seconds()
    aws = AwsSettings(region=settings.region, tries=_TELLS, answer_seconds=patience)
    return SnsNotifier(notify, topic, aws)


def hearing(settings: Settings) -> Hearing:
    """What understands the messages of this lake: of a bucket, S3 tells itself what was put."""
    place = settings.zones["raw"]
    if isinstance(place, Path) or not place.startswith(_S3):
        return announced
    bucket, _, prefix = place.removeprefix(_S3).partition("/")
    folder = f"{prefix}/" if prefix else ""

    def hears(body: str) -> list[RawName]:
        said = announced(body)
        told = () if said else events.announced(body)
        ours = [e.key for e in told if e.bucket == bucket and not is_probe(e.key)]
        return [*said, *(RawName(k.removeprefix(folder)) for k in ours if k.startswith(folder))]

    return hears


def _aws(settings: Settings) -> AwsSettings:
    return AwsSettings(region=settings.region, first_answer_seconds=settings.first_answer_seconds)


def replace_ledger(
    settings: Settings, present: Ledger, fill: Callable[[Ledger], Rebuilt]
) -> Rebuilt:
    """Fill a ledger beside the present one, and put it in its place once it is whole.

    One in a table of DynamoDB is filled where it is, if the table is empty: no table can be
    put in another's place, and a function that writes to one cannot be kept from it.
    """
    if settings.ledger_url is not None:
        with closing(_far_ledger(settings, settings.ledger_url)) as far:
            far.require_empty()
            return fill(far)
    path = settings.ledger
    # Closed first: it lets go of its share in writing, and SQLite removes the journal of what
    # it closes by name. It opens again, and then finds the new one, when it is next asked.
    present.close()
    with alone(path):
        beside = path.with_name("ledger.rebuilt.sqlite")
        _remove(beside)
        fresh = SqliteLedger(beside)
        try:
            rebuilt = fill(fresh)
        finally:
            fresh.close()
            beside.with_name(beside.name + ".lock").unlink(missing_ok=True)
        present.close()
        _remove(path)
        beside.replace(path)
    return rebuilt


def _remove(database: Path) -> None:
    for suffix in ("-wal", "-shm", ""):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
