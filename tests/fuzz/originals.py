"""Sound files of every format, each small, some with rows that can be told apart by a cell."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq
from backports import zstd

from tests.differential import delimited, dump_texts, json_texts, line_texts, xml_texts
from tests.inputs import makers

WORDS = ["north", "a b", "x,y", 'q"q', "1.50", "00123", "", "\xe9", "2024-01-31", "null"]
NAMES = ("id", "a", "b")


@dataclass(frozen=True)
class Original:
    """A file, how it is to be read, and its lines with the row that is on each."""

    content: bytes
    settings: dict = field(default_factory=dict)
    lines: Mapping[bytes, tuple] = field(default_factory=dict)  # none, where lines tell nothing


def original(random: Random) -> tuple[str, Original]:
    """One of them, and its kind."""
    kind = random.choice(sorted(MAKERS))
    return kind, MAKERS[kind](random)


def _rows(random: Random) -> list[tuple[str, str, str]]:
    count = random.choice([1, 3, 20, 200])
    return [(f"r{n}", random.choice(WORDS), random.choice(WORDS)) for n in range(count)]


def _told_csv(random: Random) -> Original:
    """A row a line, so that a line that no mutation touches is a row, or refused."""
    end = random.choice([b"\n", b"\n", b"\r\n"])
    lines = {_line(row): _meant(row) for row in _rows(random)}
    content = end.join([b"id,a,b", *lines]) + end
    settings = {"format": "csv", "delimiter": ",", "header": 1, "skip": 0}
    return Original(content, settings, lines)


def _line(row: tuple[str, ...]) -> bytes:
    cells = ['"' + c.replace('"', '""') + '"' if set(c) & {",", '"'} else c for c in row]
    return ",".join(cells).encode()


def _meant(row: tuple[str, ...]) -> tuple:
    return tuple(cell or None for cell in row)


def _ndjson(random: Random) -> Original:
    rows = [(name, str(n), random.choice("xyz")) for n, (name, *_) in enumerate(_rows(random))]
    lines = {f'{{"id":"{a}","a":"{b}","b":"{c}"}}'.encode(): (a, b, c) for a, b, c in rows}
    return Original(b"\n".join([*lines, b""]), {"format": "ndjson"}, lines)


def _made(make: Callable[[str], object]) -> Callable[[Random], Original]:
    def made(random: Random) -> Original:
        case = make(f"original {random.random()}")
        return Original(case.content, random.choice([{}, case.settings]))

    return made


def _columns(random: Random) -> list[tuple[str, ...]]:
    return [("v", *row[1:]) for row in _rows(random)]


def _parquet(random: Random) -> Original:
    columns = dict(zip(NAMES, map(list, zip(*_rows(random), strict=True)), strict=True))
    held = io.BytesIO()
    pq.write_table(pa.table(columns), held, compression=random.choice(["none", "snappy", "zstd"]))
    return Original(held.getvalue())


def _packed(pack: Callable[[bytes], bytes]) -> Callable[[Random], Original]:
    def made(random: Random) -> Original:
        inner = random.choice([_told_csv, _ndjson, _made(xml_texts.case_of)])(random)
        return Original(pack(inner.content), inner.settings)

    return made


def _zip(members: Mapping[str, bytes]) -> bytes:
    """An archive without the time, which would make a seed's mutants differ."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return held.getvalue()


def _workbook(random: Random) -> Original:
    with zipfile.ZipFile(io.BytesIO(makers.workbook(NAMES, _columns(random)))) as made:
        return Original(_zip({name: made.read(name) for name in made.namelist()}))


def _avro(random: Random) -> Original:
    fields = [{"name": name, "type": "string"} for name in NAMES]
    rows = [dict(zip(NAMES, row, strict=True)) for row in _columns(random)]
    held, schema = io.BytesIO(), {"type": "record", "name": "row", "fields": fields}
    fastavro.writer(held, schema, rows, codec="deflate", sync_marker=random.randbytes(16))
    return Original(held.getvalue())


MAKERS: dict[str, Callable[[Random], Original]] = {
    "csv": _told_csv,
    "ndjson": _ndjson,
    "delimited": _made(delimited.case_of),
    "json": _made(json_texts.case_of),
    "xml": _made(xml_texts.case_of),
    "fixed": _made(line_texts.fixed_case_of),
    "log": _made(line_texts.log_case_of),
    "dump": _made(dump_texts.case_of),
    "excel": _workbook,
    "avro": _avro,
    "orc": lambda random: Original(makers.orc_file(NAMES, _columns(random))),
    "parquet": _parquet,
    "gzip": _packed(lambda content: gzip.compress(content, 1, mtime=0)),
    "bzip2": _packed(bz2.compress),
    "xz": _packed(lambda content: lzma.compress(content, preset=0)),
    "zstd": _packed(zstd.compress),
    "zip": _packed(lambda content: _zip({"a.csv": content})),
}
