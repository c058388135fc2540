"""The inputs: one believable table, deterministic by its seed, in every form a case asks for."""

from __future__ import annotations

import gzip
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import duckdb

ROWS_SQL = Path(__file__).with_name("rows.sql")
RECIPE = 1  # raised when rows.sql or a form below changes, so that no cached input lies
BYTES_PER_ROW = 93.5  # of the CSV, measured over 200,000 rows
SMALL_FILE_BYTES = 10_000
CHUNK_BYTES = 8 << 20
_DAMAGED_EVERY = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much of which data: the cached inputs are named after it."""

    size_bytes: int
    files: int
    seed: int
    dirty: float = 0.0

    @property
    def rows(self) -> int:
        """As many rows as make a CSV of about the size asked for."""
        return max(1, round(self.size_bytes / BYTES_PER_ROW))

    def shared(self, scale: int) -> Wanted:
        """The share of it that a slow peer runs on."""
        files = max(1, self.files // scale)
        return Wanted(self.size_bytes // scale, files, self.seed, self.dirty)


@dataclass(frozen=True, slots=True)
class Input:
    """What a contestant is given, and what must come out."""

    path: Path  # a file, or the folder of many
    files: tuple[Path, ...]
    rows: int  # that a right output holds
    refused: int = 0  # that a right output leaves out

    @property
    def size_bytes(self) -> int:
        """All its bytes."""
        return sum(file.stat().st_size for file in self.files)


class Shelf:
    """A folder of inputs, each made once."""

    def __init__(self, folder: Path) -> None:
        """Keep everything below the folder."""
        self.folder = folder

    def input(self, case: str, wanted: Wanted) -> Input:
        """Hand out the input of a case, made now if it is not there."""
        if case == "files":
            return self._small_files(wanted)
        if case == "dirty":
            return self._dirty(wanted)
        if case.startswith("careful"):
            return self._damaged(case, wanted)
        maker = {"gz": self._gz, "ndjson": self._ndjson}.get(case, self._csv)
        file = maker(wanted.rows, wanted.seed)
        return Input(file, (file,), wanted.rows)

    def _csv(self, rows: int, seed: int) -> Path:
        return self._once(
            self._name(rows, seed, ".csv"), lambda to: _copy(rows, seed, to, "format csv, header")
        )

    def _ndjson(self, rows: int, seed: int) -> Path:
        return self._once(
            self._name(rows, seed, ".ndjson"), lambda to: _copy(rows, seed, to, "format json")
        )

    def _gz(self, rows: int, seed: int) -> Path:
        name = self._name(rows, seed, ".csv.gz")
        return self._once(name, lambda to: _compress(self._csv(rows, seed), to))

    def _small_files(self, wanted: Wanted) -> Input:
        each = round(SMALL_FILE_BYTES / BYTES_PER_ROW)
        rows = wanted.files * each
        name = self._name(rows, wanted.seed, f"-{wanted.files}files")
        folder = self._once(name, lambda to: _split(self._csv(rows, wanted.seed), to, each))
        return Input(folder, tuple(sorted(folder.glob("*.csv"))), rows)

    def _dirty(self, wanted: Wanted) -> Input:
        every = max(1, round(1 / wanted.dirty)) if wanted.dirty else 0
        name = self._name(wanted.rows, wanted.seed, f"-dirty{every}.csv")
        file = self._once(name, lambda to: _spoil(self._csv(wanted.rows, wanted.seed), to, every))
        refused = wanted.rows // every if every else 0
        return Input(file, (file,), wanted.rows - refused, refused)

    def clean(self, case: str, wanted: Wanted) -> Input:
        """Hand out what the input of a case was before its rows became bad."""
        return self.input("ndjson" if "ndjson" in case else "csv", wanted)

    def _damaged(self, case: str, wanted: Wanted) -> Input:
        clean = self.clean(case, wanted)
        ways = (0, 1, 2, 3) if case.endswith("-declared") else (2, 3)  # bad values change types
        spoiled, heads = (_spoiled_object, 0) if "ndjson" in case else (_spoiled, 1)
        name = clean.path.with_name(f"{clean.path.stem}-{case}{clean.path.suffix}").name
        every = _DAMAGED_EVERY
        file = self._once(
            name, lambda to: _spoil(clean.path, to, every, ways=ways, spoiled=spoiled, heads=heads)
        )
        refused = wanted.rows // every
        return Input(file, (file,), wanted.rows - refused, refused)

    def _name(self, rows: int, seed: int, form: str) -> str:
        # DuckDB's hash() may differ between its versions, and the rows with it.
        return f"sales{RECIPE}-duckdb{duckdb.__version__}-{rows}-seed{seed}{form}"

    def _once(self, name: str, make: Callable[[Path], None]) -> Path:
        target = self.folder / name
        if target.exists():
            return target
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f"unfinished-{os.getpid()}-{name}"
        try:
            make(unfinished)
            unfinished.rename(target)
        finally:
            _remove(unfinished)
        return target


def _copy(rows: int, seed: int, target: Path, options: str) -> None:
    query = ROWS_SQL.read_text(encoding="utf-8")
    with duckdb.connect() as con:
        con.execute(
            f"copy ({query}) to '{_quoted(target)}' ({options})", {"rows": rows, "seed": seed}
        )


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _compress(source: Path, target: Path) -> None:
    with (
        source.open("rb") as plain,
        target.open("wb") as file,
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as packed,
    ):
        shutil.copyfileobj(plain, packed, CHUNK_BYTES)


def _split(source: Path, folder: Path, each: int) -> None:
    """Deal the rows out; no value of the table holds a line end, so lines are rows."""
    folder.mkdir()
    with source.open("rb") as lines:
        header = next(lines)
        for number, batch in enumerate(_batches(lines, each), start=1):
            (folder / f"{number:05}.csv").write_bytes(header + b"".join(batch))


def _batches(lines: BinaryIO, each: int) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for line in lines:
        batch.append(line)
        if len(batch) == each:
            yield batch
            batch = []
    if batch:
        yield batch


def _spoil(
    source: Path,
    target: Path,
    every: int,
    *,
    ways: tuple[int, ...] = (0, 1, 2, 3),
    spoiled: Callable[[bytes, int], bytes] | None = None,
    heads: int = 1,
) -> None:
    """Make each `every`th row bad, in these ways by turns."""
    made = spoiled or _spoiled
    with source.open("rb") as lines, target.open("wb") as out:
        out.writelines(islice(lines, heads))
        for number, line in enumerate(lines, start=1):
            spoil = every and number % every == 0
            out.write(made(line, ways[number // every % len(ways)]) if spoil else line)


def _spoiled_object(line: bytes, way: int) -> bytes:
    match way:
        case 0:
            return re.sub(rb'"quantity":\d+', b'"quantity":"a dozen"', line)
        case 1:
            return re.sub(rb'"order_ts":"[^"]*"', b'"order_ts":"2025-02-30 10:00:00"', line)
        case 2:
            return line[: len(line) // 2] + b"\n"
        case _:
            return line.rstrip(b"\n")[:-1] + b',"paid":true}\n'


def _spoiled(line: bytes, way: int) -> bytes:
    fields = line.rstrip(b"\n").split(b",", 9)  # only the last of the ten may be quoted
    match way:
        case 0:
            fields[5] = b"a dozen"
        case 1:
            fields[2] = b"2025-02-30 10:00:00"
        case 2:
            fields = fields[:7]
        case _:
            fields.append(b"one too many")
    return b",".join(fields) + b"\n"


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
