"""Lake, the façade: its methods are the verbs of the flow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from os import PathLike
from pathlib import Path
from threading import Event
from typing import Self

from headwater.errors import UnknownTable
from headwater.flow import work as working
from headwater.flow.ask import ask
from headwater.flow.checks import RUNS, CheckStory, checks
from headwater.flow.choice import Choice
from headwater.flow.compact import CompactedTable, compact, named_tables
from headwater.flow.expected import Expected, expectations
from headwater.flow.explain import Story, explain
from headwater.flow.land import Landing, land
from headwater.flow.lookups import Lacking, lacking
from headwater.flow.models.lineage import ColumnLineage, lineage
from headwater.flow.models.refresh import Order, Refreshed, refresh
from headwater.flow.models.standing import ModelStanding
from headwater.flow.models.standing import models as standing_of_models
from headwater.flow.plan import Plan, plan
from headwater.flow.quarantine import RefusedFile, RefusedRow, refused_files, refused_rows
from headwater.flow.rebuild import Rebuilt, rebuild
from headwater.flow.reconcile import Reconciled, reconcile
from headwater.flow.rehearse import Rehearsal, rehearse
from headwater.flow.reread import Replayed, replay
from headwater.flow.schema import ColumnStory, schema
from headwater.flow.status import Status, TableStanding, status, tables
from headwater.flow.sweep import Swept, sweep
from headwater.flow.table import TableStory, table_story
from headwater.flow.travel import At
from headwater.flow.underway import underway
from headwater.flow.verify import Verdict, verify
from headwater.flow.work import Done, Errand, Told
from headwater.flow.world import World
from headwater.lake.ingested import Ingested
from headwater.lake.steps import Steps
from headwater.model.arrival import Arrival
from headwater.model.feed import Feed
from headwater.model.ids import ArrivalId, FeedName, ManifestId, TableName
from headwater.model.progress import Progress, Watch, nobody
from headwater.model.receipt import Receipt
from headwater.ports.engine import Answer, Survey
from headwater.ports.ledger import Ledger, Spending
from headwater.ports.store import How
from headwater.reading.source import open_source
from headwater.show.notebook import Listing, shown_as
from headwater.show.rows import answer_page

Source = str | PathLike[str]

__all__ = ["Ingested", "Lake", "Source"]


class Lake(Steps):
    """Everything under one root: its zones, its ledger, its configuration."""

    def __init__(
        self,
        world: World,
        root: Path,
        *,
        new_ledger: Callable[[Callable[[Ledger], Rebuilt]], Rebuilt],
    ) -> None:
        """Take what wiring has put together; `headwater.open(path)` is the way to one."""
        super().__init__(world)
        self._new_ledger = new_ledger
        self.root = root

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"headwater.open({str(self.root)!r})"

    def close(self) -> None:
        """Let go of the ledger, the queue, and what converts."""
        self._rest()
        self._world.ledger.close()
        self._world.queue.close()

    @property
    def feeds(self) -> tuple[Feed, ...]:
        """The feeds that headwater.yaml declares."""
        return self._world.feeds

    # Files in

    def land(
        self,
        feed: str,
        *files: Source,
        how: How = How.COPY,
        under: str = "",
        watch: Watch = nobody,
    ) -> list[Landing]:
        """Take files into the raw zone, durably; they are converted by whoever works next."""
        paths = [Path(file) for file in files]
        declared = self._world.feed(feed)
        return Listing(land(self._world, declared, paths, how=how, under=under, watch=watch))

    def ingest(
        self,
        feed: str,
        *files: Source,
        how: How = How.COPY,
        under: str = "",
        watch: Watch = nobody,
        told: Told = lambda _: None,
    ) -> Ingested:
        """Land files and work until each of them is settled."""
        declared = self._world.feed(feed)
        landings = self.land(feed, *files, how=how, under=under, watch=watch)
        landed = tuple(landing.arrival for landing in landings if landing.arrival is not None)
        waiting = tuple(arrival for arrival in landed if not arrival.settled)
        done = Done()
        if waiting:
            errand = Errand(feeds=(declared,), awaited=waiting, watch=watch, told=told)
            done = working.work(self._world, errand)
        ended = (self._world.ledger.arrival(arrival.id) for arrival in landed)
        return Ingested(
            landings=tuple(landings),
            receipts=tuple(done.receipts),
            failures=tuple(done.failures),
            arrivals=tuple(arrival for arrival in ended if arrival is not None),
            held=tuple(done.held),
        )

    def work(  # noqa: PLR0913 - the words of the verb
        self,
        *,
        feeds: Sequence[str] = (),
        over_budget: Sequence[str] = (),
        until_idle: bool = True,
        awaited: Sequence[Arrival] = (),
        watch: Watch = nobody,
        told: Told = lambda _: None,
        stop: Event | None = None,
    ) -> Done:
        """Convert what has landed: until nothing is left to do, or until told to stop.

        Where files are awaited, until these are settled.
        Feeds that are named as over_budget may pass their budget.
        """
        errand = Errand(
            feeds=tuple(self._world.feed(feed) for feed in feeds),
            until_idle=until_idle,
            awaited=tuple(awaited),
            watch=watch,
            told=told,
            stop=stop or Event(),
            over_budget=frozenset(FeedName(self._world.feed(feed).name) for feed in over_budget),
        )
        return working.work(self._world, errand)

    def refresh(
        self,
        *models: str,
        full: bool = False,
        watch: Watch = nobody,
        told: Told = lambda _: None,
        stop: Event | None = None,
    ) -> Refreshed:
        """Build these models, or all, where what they are made of has changed; `full`: anyway."""
        return refresh(self._world, Order(models, full, watch, told, stop or Event()))

    # Questions

    def query(self, sql: str, *, at: At | None = None, on: str | None = None) -> Answer:
        """Answer one SELECT: `.arrow()`, `.pandas()`, `.polars()`, `.rows()`, `.write(…)`.

        `at` asks tables as they were: a version, a time, or a timedelta for so long ago.
        `on="athena"` has Athena answer, over tables as they are; `.bill` says what that costs.
        """
        answer = ask(self._world, sql, at=at, on=on)
        shown_as(type(answer), answer_page)  # of whatever kind the engine's answers are
        return answer

    def status(self) -> Status:
        """How feeds, queue and tables stand."""
        return status(self._world)

    def expected(self, feed: str | None = None) -> list[Expected]:
        """The last periods of feeds of which anything is expected, and how each stands."""
        feeds = [self._world.feed(feed)] if feed is not None else []
        return Listing(expectations(self._world, feeds))

    def checks(self, feed: str | None = None, *, runs: int = RUNS) -> list[CheckStory]:
        """What the checks of a feed or a model, or of all, found in their last runs."""
        if feed is None:
            return Listing(checks(self._world, runs=runs))
        model = self._world.find_model(feed)
        return Listing(checks(self._world, [model or self._world.feed(feed)], runs=runs))

    def tables(self) -> list[TableStanding]:
        """The tables there are."""
        return Listing(tables(self._world))

    def table(self, table: str) -> TableStory:
        """One table closely: history, partitions, parts by size, and advice."""
        names = self._world.tables.names()
        story = table_story(self._world, TableName(table)) if table in names else None
        if story is None:
            meant = get_close_matches(table, names, n=1)
            raise UnknownTable(
                f"there is no table {table!r}; tables: {', '.join(names) or 'none yet'}",
                hint=f"headwater tables {meant[0]}" if meant else "headwater status",
            )
        return story

    def models(self) -> list[ModelStanding]:
        """The models in the order of building: their state, inputs, last build, SQL."""
        return Listing(standing_of_models(self._world))

    def lineage(self, model: str) -> list[ColumnLineage]:
        """Of each column of a model the columns of tables, and of files, that it is made of."""
        return Listing(lineage(self._world, self._world.model(model)))

    def plan(self, feed: str, *files: Source, under: str = "") -> Plan:
        """What these files would come to: batches, parts, requests, money; nothing is written."""
        paths = [Path(file) for file in files]
        return plan(self._world, self._world.feed(feed), paths, under=under)

    def costs(self, *, feed: str | None = None) -> list[Spending]:
        """What batches, builds and compactions of each feed or model would have cost on AWS."""
        model = self._world.find_model(feed) if feed is not None else None
        name = FeedName(model.name) if model is not None else self._feed_name(feed)
        return Listing(self._world.ledger.spending(feed=name))

    def schema(self, feed: str) -> ColumnStory:
        """The columns of a feed's table, the versions that changed them, what is undecided."""
        return schema(self._world, feed)

    def explain(self, file: Source) -> list[Story]:
        """Tell the full story of one file: by its key, arrival id, raw name or local path."""
        return Listing(explain(self._world, str(file)))

    def receipts(self, *, feed: str | None = None, limit: int = 100) -> list[Receipt]:
        """Receipts of what was committed, the newest first."""
        name = FeedName(self._world.feed(feed).name) if feed else None
        return Listing(self._world.ledger.receipts(feed=name, limit=limit))

    def arrivals(self, ids: Iterable[ArrivalId]) -> list[Arrival]:
        """These arrivals as they stand, those that are known."""
        found = (self._world.ledger.arrival(each) for each in ids)
        return [arrival for arrival in found if arrival is not None]

    def underway(self, feed: str, arrivals: Sequence[Arrival]) -> Progress:
        """How far these files have come, whoever converts them."""
        return underway(self._world, FeedName(self._world.feed(feed).name), arrivals)

    def survey(self, feed: Feed, file: Source) -> Survey:
        """Look at a file: its format, its columns and their types, what is odd about it."""
        with open_source(Path(file)):  # what cannot even be opened is told of in our own words
            engine = self._world.engine()
            try:
                return engine.survey(str(Path(file).absolute()), feed)
            finally:
                engine.close()

    def lacking(self) -> list[Lacking]:
        """What steps of feeds need and is not there, seen from this process."""
        return list(lacking(self._world))

    # What was refused

    def quarantine(self, *, feed: str | None = None, history: bool = False) -> list[RefusedFile]:
        """Files that were refused, whole or in part, and not yet replayed or replaced.

        With history also those that were: each has `now`, which says whether it is so still.
        """
        found = refused_files(self._world, feed=self._feed_name(feed), history=history)
        return Listing(found)

    def refused_rows(
        self,
        *,
        feed: str | None = None,
        file: Source | None = None,
        limit: int = 100,
        history: bool = False,
    ) -> list[RefusedRow]:
        """Refused rows: file, line, column, raw text, reason."""
        files = self.quarantine(feed=feed, history=history)
        if file is not None:
            keys = {story.key for story in self.explain(file)}
            files = [each for each in files if each.arrival.key in keys]
        return Listing(refused_rows(self._world, files, limit=limit))

    def replay(  # noqa: PLR0913 - the words of the verb
        self,
        feed: str | None = None,
        *,
        file: Source | Sequence[Source] = (),
        since: datetime | None = None,
        until: datetime | None = None,
        manifest: str | Sequence[str] = (),
        quarantined: bool | None = None,
        as_one: bool = False,
    ) -> Replayed:
        """Have files read again from the raw zone, under the configuration as it is now.

        Those of a feed, or of these names or patterns, landing times and manifests; where none
        of these is given, or with quarantined, only what was refused. Their rows take the place
        of those before when a worker converts them: `lake.work()`. As one, in one commit.
        """
        choice = self._choice(feed, file, (since, until), manifest, quarantined)
        return replay(self._world, choice, as_one=as_one)

    def rehearse(  # noqa: PLR0913 - the words of the verb
        self,
        feed: str,
        *,
        file: Source | Sequence[Source] = (),
        since: datetime | None = None,
        until: datetime | None = None,
        manifest: str | Sequence[str] = (),
        quarantined: bool = False,
        watch: Watch = nobody,
    ) -> Rehearsal:
        """Say what a replay of these files would change, and change nothing."""
        choice = self._choice(feed, file, (since, until), manifest, quarantined)
        return rehearse(self._world, self._world.feed(feed), choice, watch)

    # Housekeeping

    def reconcile(self, *, newer: timedelta | None = None) -> Reconciled:
        """Register what lies in the raw zone, or was put there of late, and the ledger lacks."""
        return reconcile(self._world, newer=newer)

    def compact(self, *names: str, watch: Watch = nobody) -> list[CompactedTable]:
        """Join small parts of these tables, or feeds' tables, or all; no row changes."""
        tables = named_tables(self._world, names)
        return Listing(compact(self._world, tables, watch=watch))

    def sweep(self, *, older_than: timedelta | None = None, dry_run: bool = False) -> Swept:
        """Remove what no log entry, no receipt and no live attempt names.

        A dry run removes nothing, and tells what would go.
        """
        return sweep(self._world, older_than=older_than, dry_run=dry_run)

    def verify(self, *, watch: Watch = nobody) -> Verdict:
        """Check every invariant that can be checked from outside."""
        return verify(self._world, watch=watch)

    def rebuild(self) -> Rebuilt:
        """Make the ledger anew from what lies in the raw zone and what the logs say."""
        return self._new_ledger(lambda fresh: rebuild(self._world, fresh))

    def _choice(
        self,
        feed: str | None,
        file: Source | Sequence[Source],
        times: tuple[datetime | None, datetime | None],
        manifest: str | Sequence[str],
        quarantined: bool | None,  # noqa: FBT001 - it comes from a keyword
    ) -> Choice:
        files = [file] if isinstance(file, str | PathLike) else file
        manifests = [manifest] if isinstance(manifest, str) else manifest
        anything = feed is not None or any((files, manifests, *times))
        return Choice(
            feed=self._feed_name(feed),
            files=tuple(str(each) for each in files),
            since=_aware(times[0]),
            until=_aware(times[1]),
            manifests=tuple(ManifestId(each) for each in manifests),
            quarantined=not anything if quarantined is None else quarantined,
        )

    def _feed_name(self, feed: str | None) -> FeedName | None:
        return FeedName(self._world.feed(feed).name) if feed else None


def _aware(time: datetime | None) -> datetime | None:
    """A time without a zone is UTC, as everywhere."""
    return time.replace(tzinfo=UTC) if time is not None and time.tzinfo is None else time
