"""The run itself: every case, everyone in it, in an order that rotates between the repeats."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.cases import BARE, BASELINE, CLEAN, HEADWATER, PEERS, Case, Peer
from bench.contestants import Contestant, HeadwaterRun, PeerRun, Wrong
from bench.data import Input, Shelf, Wanted
from bench.environments import Environments, NotReady, java
from bench.measure import last_words, measure, warm
from bench.results import CaseResult, Outcome, Run

IDLE_ROWS_BYTES = 50_000  # small enough that what a run takes is its start

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What the caller asked for."""

    wanted: Wanted
    peers: tuple[str, ...]
    repeat: int
    timeout_seconds: float


class Rounds:
    """One run of the benchmark over one shelf of inputs and one folder of environments."""

    def __init__(self, plan: Plan, shelf: Shelf, environments: Environments, tell: Tell) -> None:
        """Keep what every case needs; `tell` hears each step."""
        self.plan = plan
        self.shelf = shelf
        self.environments = environments
        self.tell = tell

    def case(self, case: Case) -> CaseResult:
        """Measure everyone in one case; whoever fails is shown, and the others go on."""
        self.tell(f"{case.name}: {case.title}")
        given = self.shelf.input(case.name, self.plan.wanted)
        ready, absent = self._line_up(case)
        runs: dict[str, list[Run]] = {each.name: [] for each in ready}
        failed: dict[str, Outcome] = {}
        for turn in range(self.plan.repeat):
            first = turn % len(ready) if ready else 0
            for each in ready[first:] + ready[:first]:
                if each.name in failed:
                    continue
                outcome = self._run(each, case, self._share(each, case, given))
                if isinstance(outcome, Outcome):
                    failed[each.name] = outcome
                else:
                    runs[each.name].append(outcome)
        done = [failed.get(each.name) or self._sum_up(each, case, runs) for each in ready]
        outcomes = sorted([*done, *absent], key=_place)
        files = len(given.files)
        return CaseResult(
            case.name, case.title, given.size_bytes, files, given.rows, tuple(outcomes)
        )

    def _line_up(self, case: Case) -> tuple[list[Contestant], list[Outcome]]:
        ready: list[Contestant] = []
        absent: list[Outcome] = []
        try:
            python = self.environments.headwater()
            ready.append(HeadwaterRun(python))
            if case.shaped:
                ready.append(HeadwaterRun(python, BARE))
            if case.damaged:
                ready.append(HeadwaterRun(python, CLEAN))
        except NotReady as error:
            absent.append(Outcome(HEADWATER, "Headwater", case.name, (), "not built", str(error)))
        for name in self.plan.peers:
            peer = PEERS[name]
            if reason := _sits_out(peer, case):
                absent.append(Outcome(name, peer.title, case.name, (), f"not run: {reason}"))
                continue
            try:
                ready.append(PeerRun(peer, self.environments.peer(peer.requirements)))
            except NotReady as error:
                absent.append(
                    Outcome(name, peer.title, case.name, (), "no environment", str(error))
                )
        return ready, absent

    def _share(self, each: Contestant, case: Case, given: Input) -> Input:
        if each.name == CLEAN:
            return self.shelf.clean(case.name, self.plan.wanted)
        if each.scale == 1:
            return given
        return self.shelf.input(case.name, self.plan.wanted.shared(each.scale))

    def _sum_up(self, each: Contestant, case: Case, runs: dict[str, list[Run]]) -> Outcome:
        idle = None
        if each.scale > 1:
            little = Wanted(IDLE_ROWS_BYTES, 1, self.plan.wanted.seed)
            measured = self._run(each, case, self.shelf.input(case.name, little))
            if isinstance(measured, Outcome):
                return measured
            idle = measured
        return Outcome(
            each.name,
            each.title,
            case.name,
            tuple(runs[each.name]),
            scale=each.scale,
            idle=idle,
        )

    def _run(self, each: Contestant, case: Case, given: Input) -> Run | Outcome:
        with self._folder(f"{case.name}-{each.name}") as folder:
            try:
                return self._measured(each, case, given, folder)
            except Wrong as error:
                problem, _, details = str(error).partition("\n")
                self.tell(f"  {each.title}: {problem}")
                return Outcome(each.name, each.title, case.name, (), problem, details)

    def _measured(self, each: Contestant, case: Case, given: Input, folder: Path) -> Run:
        command = each.command(case, given, folder)
        warm(given.files)
        took = measure(command, folder, timeout_seconds=self.plan.timeout_seconds)
        if took.problem:
            raise Wrong(f"{took.problem}\n{last_words(folder)}")
        if not each.ended_well(case, took.exit_code):
            raise Wrong(f"failed with {took.exit_code}\n{last_words(folder)}")
        output = each.output(folder)
        if output.rows != given.rows:
            raise Wrong(f"void: {output.rows:,} rows came out, {given.rows:,} are right")
        self.tell(f"  {each.title}: {took.wall_seconds:.2f} s")
        return Run(
            took.wall_seconds,
            took.cpu_seconds,
            # Looking every 50 ms can miss a peak that the kernel's own mark of one process saw.
            max(took.peak_pss_bytes, took.peak_rss_bytes),
            took.peak_anonymous_bytes,
            took.peak_rss_bytes,
            output.size_bytes,
            output.files,
        )

    @contextmanager
    def _folder(self, name: str) -> Iterator[Path]:
        """Give a run a folder beside the data, where --link can link, and clear it after."""
        folder = self.shelf.folder / "runs" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _sits_out(peer: Peer, case: Case) -> str:
    if case.shaped:
        return "what steps cost is measured against Headwater without them"
    if case.damaged:
        return "what bad rows cost is measured against Headwater without them"
    if case.name not in peer.cases:
        return peer.lacks or "bad rows: only DuckDB has a like way, store_rejects"
    if peer.needs_java and java() is None:
        return "no java"
    return ""


def _place(outcome: Outcome) -> int:
    order = [BASELINE, HEADWATER, BARE, CLEAN, *PEERS]
    return order.index(outcome.contestant)
