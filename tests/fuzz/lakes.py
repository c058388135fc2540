"""A small lake that takes mutants, among them a sound file that must not suffer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from headwater.errors import HeadwaterError
from tests.flow import lakes

FEED = "  sales:\n    types: text\n    retries: {attempts: 2, first_delay: 0s}\n"
_SOUND = "id,a,b\ns1,x,y\ns2,x,z\n"
_ENDS = frozenset({"completed", "quarantined", "duplicate", "superseded"})


class Pond:
    """One lake in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        """Nothing is made before something is taken."""
        self.folder = folder

    def take(self, mutants: Sequence[tuple[int, bytes]]) -> Iterator[tuple[int, str]]:
        """Land and convert them; what is wrong, each with the mutant's number, or -1."""
        incoming = self.folder / "incoming"
        files = [lakes.write(incoming / f"m{number}", content) for number, content in mutants]
        sound = lakes.write(incoming / "sound.csv", _SOUND)
        try:
            with lakes.make(self.folder / "lake", FEED) as lake:
                lake.ingest("sales", *files, sound)
                yield from _ends(lake, [number for number, _ in mutants])
                yield from _whole(lake)
        except HeadwaterError as error:
            yield -1, f"the lake stops: {type(error).__name__}: {error.message}"
        except Exception as error:  # noqa: BLE001 - the coordinator must live, whatever comes
            yield -1, f"the coordinator dies: {type(error).__name__}: {error}"


def _ends(lake: object, numbers: Sequence[int]) -> Iterator[tuple[int, str]]:
    for number in numbers:
        for chapter in lakes.story(lake, f"sales/m{number}").chapters:
            arrival = chapter.arrival
            if arrival.state.value not in _ENDS:
                yield number, f"it is {arrival.state.value}: {arrival.cause}"


def _whole(lake: object) -> Iterator[tuple[int, str]]:
    arrival = lakes.story(lake, "sales/sound.csv").chapters[-1].arrival
    rows = lake.query(f"select count(*) from sales where _arrival = '{arrival.id}'").rows()
    if rows != [(2,)]:
        yield -1, f"the sound file between them has {rows} rows in the table"
    for receipt in lake.receipts():
        if not receipt.books.balanced:
            yield -1, f"the books do not balance: {receipt.books}"
    for finding in lake.verify().findings:
        yield -1, f"verify: {finding.invariant} {finding.subject}: {finding.message}"
