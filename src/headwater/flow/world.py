"""What a flow acts on: the ports, the feeds, the clock."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path

from headwater.errors import UnknownFeed, UnknownModel
from headwater.flow.announced import Hearing, announced
from headwater.model.clock import Clock, utc_now
from headwater.model.curated import Model
from headwater.model.feed import Feed
from headwater.model.ids import FeedName, TableName
from headwater.model.manifest import Manifest
from headwater.model.price import Prices
from headwater.ports.catalogue import Catalogue
from headwater.ports.engine import Asker, Engine, Limits, Staging
from headwater.ports.ledger import Ledger
from headwater.ports.metrics import Metrics
from headwater.ports.notifier import Notifier
from headwater.ports.peek import Peeker
from headwater.ports.queue import Queue
from headwater.ports.store import Store
from headwater.ports.tables import Tables


@dataclass(frozen=True, slots=True)
class Zones:
    """The stores that hold objects; tables look after the processed zone's log themselves."""

    raw: Store
    processed: Store
    curated: Store
    quarantine: Store
    manifests: Store


@dataclass(frozen=True, slots=True)
class World:
    """Everything the flow asks for and acts on, put together by wiring."""

    feeds: tuple[Feed, ...]
    zones: Zones
    queue: Queue
    ledger: Ledger
    tables: Tables
    engine: Callable[[], Engine]  # makes one; whoever makes it closes it
    asker: Asker
    scratch: Path
    limits: Limits = field(default_factory=Limits)
    lease: timedelta = timedelta(seconds=60)
    retention: timedelta = timedelta(days=7)
    clock: Clock = utc_now
    models: tuple[Model, ...] = ()  # each behind those whose tables it reads
    root: Path = field(default_factory=Path)  # the folder of headwater.yaml
    notifiers: tuple[Notifier, ...] = ()
    secret: Callable[[str], str | None] = os.environ.get  # by its name
    prices: Prices = field(default_factory=Prices)
    hears: Hearing = announced
    peeker: Callable[[], Peeker] | None = None  # as engine; None: nothing looks at samples
    elsewhere: Mapping[str, Asker] = field(default_factory=dict)  # who else answers, by name
    metrics: Metrics | None = None  # where figures of runs go
    looks_are_billed: bool = False  # whether ledger or queue is a service
    staging: Staging | None = None  # None: files lie here
    catalogue: Catalogue | None = None  # where other tools look tables up

    def feed(self, name: str) -> Feed:
        """The feed of that name; UnknownFeed lists those there are."""
        for feed in self.feeds:
            if feed.name == name:
                return feed
        there = ", ".join(feed.name for feed in self.feeds) or "none yet"
        meant = get_close_matches(name, [feed.name for feed in self.feeds], n=1)
        declare = "declare one by hand, or from a sample: headwater new FEED --from FILE"
        raise UnknownFeed(
            f"there is no feed {name!r} in headwater.yaml; feeds: {there}",
            hint=f"did you mean {meant[0]!r}? or {declare}" if meant else declare,
        )

    def feed_of(self, manifest: Manifest) -> Feed:
        """The manifest's feed as it is now, with the table that was fixed with the manifest.

        A commit is looked for in that table, so it has to be made there, whatever the
        configuration has come to say.
        """
        return replace(self.feed(manifest.feed), table=manifest.table)

    def model(self, name: str) -> Model:
        """The model of that name; UnknownModel lists those there are."""
        found = self.find_model(name)
        if found is not None:
            return found
        there = ", ".join(model.name for model in self.models) or "none yet"
        meant = get_close_matches(name, [model.name for model in self.models], n=1)
        raise UnknownModel(
            f"there is no model {name!r} in headwater.yaml; models: {there}",
            hint=f"did you mean {meant[0]!r}?" if meant else "declare it below models:",
        )

    def find_model(self, name: str) -> Model | None:
        """The model of that name, or None where the configuration has none."""
        return next((model for model in self.models if model.name == name), None)

    def store_of(self, table: TableName) -> Store:
        """The zone in which the table's parts lie."""
        curated = self.tables.location(table) == self.zones.curated.locate(table)
        return self.zones.curated if curated else self.zones.processed

    def find_feed(self, name: FeedName) -> Feed | None:
        """The feed of that name, or None where the configuration has dropped it."""
        return next((feed for feed in self.feeds if feed.name == name), None)
