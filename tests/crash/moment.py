"""What must hold at every moment, whoever has just been killed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from blake3 import blake3

from tests.crash.curated import MODELS
from tests.crash.evidence import FEEDS, Findings, asked, read_log, select
from tests.crash.plan import Plan
from tests.crash.shaped import own, shared_twice


@dataclass
class Moment:
    """What a reader sees, and what does not hold about it."""

    broken: list[str] = field(default_factory=list)
    shown: dict[tuple[str, str], int] = field(default_factory=dict)  # file: which of its versions


def look(lake: Path, plan: Plan) -> Moment:
    """Of each arrival all good rows of its version must be there, each once; and one of a file."""
    found, moment = Findings(), Moment()
    planned = {
        (file.feed, blake3(file.body).hexdigest()): (number, file)
        for number, file in enumerate(plan.versions)
    }
    versions = _versions(lake)
    for feed in FEEDS:
        log = read_log(lake / "processed" / feed, found)
        rows: dict[str, Counter[str]] = {}
        for row, arrival in select("id, _arrival", log.files):
            rows.setdefault(arrival, Counter())[row] += 1
        for arrival, seen in rows.items():
            number, file = planned.get((feed, versions.get(arrival, "")), (0, None))
            if file is None:  # the ledger has not been told of it yet
                continue
            if own(seen) != Counter(file.good):
                moment.broken.append(f"I2: arrival {arrival} of {feed} shows {dict(seen)}")
            if (feed, file.name) in moment.shown:
                moment.broken.append(f"I3: {feed}/{file.name} shows two versions at once")
            moment.shown[feed, file.name] = number
    moment.broken += [*found.broken, *(shared_twice(lake) if plan.shaped else ())]
    return moment


def parts_of(lake: Path) -> set[str]:
    """Every part file there is."""
    zones = (lake / "processed", lake / "curated")
    return {str(path) for zone in zones for path in zone.glob("*/**/*.parquet") if _is_part(path)}


def named_parts(lake: Path) -> dict[str, tuple[int, int]]:
    """Part files that some version of a table names, and which writing of each it is."""
    tables = [lake / "processed" / feed for feed in FEEDS]
    tables += [lake / "curated" / model for model in MODELS]
    logs = [read_log(table, Findings()) for table in tables]
    named = parts_of(lake) & {str(log.table / path) for log in logs for path in log.named}
    return {path: _writing(Path(path)) for path in named}


def held_attempts(lake: Path, now: float) -> list[str]:
    """Attempts whose lease is still running; their parts bear their names."""
    with asked(lake / "ledger.sqlite") as ledger:
        sql = (
            "select id || '-' || attempt from manifests "
            "where state in ('claimed', 'staged') and lease_until > ?"
        )
        return [row[0] for row in ledger.execute(sql, [int(now * 1_000_000)])]


def given_up(lake: Path) -> list[str]:
    """Files that are dead, and why."""
    with asked(lake / "ledger.sqlite") as ledger:
        sql = "select key, cause from arrivals where state = 'dead'"
        return [f"{key}: {cause}" for key, cause in ledger.execute(sql)]


def _versions(lake: Path) -> dict[str, str]:
    """The content version of each arrival."""
    if not (lake / "ledger.sqlite").exists():
        return {}
    with asked(lake / "ledger.sqlite") as ledger:
        return dict(ledger.execute("select id, version from arrivals").fetchall())


def _is_part(path: Path) -> bool:
    return "_delta_log" not in path.parts and "_drafts" not in path.parts


def _writing(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_ino, status.st_mtime_ns
