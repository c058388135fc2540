"""Sound files of every format, each small, some with rows that can be told apart by a cell."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from decimal import Decimal
from random import Random

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq
from backports import zstd
from pyarrow import orc

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
    pack: Callable[[bytes], bytes] = bytes  # what happens to the content after it was changed

    @property
    def file(self) -> bytes:
        """The file as it is when nothing was changed."""
        return self.pack(self.content)


def original(random: Random) -> tuple[str, Original]:
    """One of them, and its kind."""
    kind = random.choice(sorted(MAKERS))
    return kind, MAKERS[kind](random)


def _rows(random: Random, counts: Sequence[int] = (1, 3, 20, 200)) -> list[tuple[str, str, str]]:
    count = random.choice(counts)
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


def _typed(random: Random) -> pa.Table:
    """Texts, and values of other types; some of them are none."""
    rows = _rows(random, (3, 200))  # so that most of a file's bytes are values
    columns = dict(zip(NAMES, map(list, zip(*rows, strict=True)), strict=True))
    for name, kind, make in TYPED:
        values = [make(random) if random.random() < 0.9 else None for _ in rows]
        columns[name] = pa.array(values, kind)
    return pa.table(columns)


TYPED = (
    ("n", pa.int64(), lambda random: random.randrange(-(2**63), 2**63)),
    ("x", pa.float64(), lambda random: random.choice([0.1, -1e300, 5.0, random.random()])),
    ("y", pa.bool_(), lambda random: random.random() < 0.5),
    ("d", pa.date32(), lambda random: random.randrange(-30_000, 40_000)),
    ("t", pa.timestamp("us"), lambda random: random.randrange(-(10**15), 4 * 10**15)),
    ("m", pa.decimal128(12, 2), lambda random: Decimal(random.randrange(10**11)) / 100),
)


def _parquet(random: Random) -> Original:
    held, packing = io.BytesIO(), random.choice(["none", "snappy", "zstd"])
    version = random.choice(["1.0", "2.0"])
    pq.write_table(_typed(random), held, compression=packing, data_page_version=version)
    return Original(held.getvalue())


def _orc(random: Random) -> Original:
    held = io.BytesIO()
    packing = random.choice(["uncompressed", "uncompressed", "zlib", "zstd"])
    orc.write_table(_typed(random), held, compression=packing)
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


def _sheet(random: Random) -> Original:
    """The XML of a sheet, which is packed behind its change: packed before, none gets by."""
    with zipfile.ZipFile(io.BytesIO(makers.workbook(NAMES, _columns(random)))) as made:
        members = {name: made.read(name) for name in made.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"]
    return Original(
        sheet, pack=lambda content: _zip({**members, "xl/worksheets/sheet1.xml": content})
    )


AVRO = {
    "n": "long",
    "x": "double",
    "y": "boolean",
    "d": {"type": "int", "logicalType": "date"},
    "t": {"type": "long", "logicalType": "timestamp-micros"},
    "m": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2},
}


def _avro(random: Random) -> Original:
    fields = [{"name": name, "type": "string"} for name in NAMES]
    fields += [{"name": name, "type": ["null", kind]} for name, kind in AVRO.items()]
    rows = [
        {**row, "t": row["t"] and row["t"].replace(tzinfo=UTC)}
        for row in _typed(random).to_pylist()
    ]
    held, schema = io.BytesIO(), {"type": "record", "name": "row", "fields": fields}
    codec = random.choice(["null", "null", "deflate"])
    fastavro.writer(held, schema, rows, codec=codec, sync_marker=random.randbytes(16))
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
    "sheet": _sheet,
    "avro": _avro,
    "orc": _orc,
    "parquet": _parquet,
    "gzip": _packed(lambda content: gzip.compress(content, 1, mtime=0)),
    "bzip2": _packed(bz2.compress),
    "xz": _packed(lambda content: lzma.compress(content, preset=0)),
    "zstd": _packed(zstd.compress),
    "zip": _packed(lambda content: _zip({"a.csv": content})),
}
