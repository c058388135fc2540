"""Names, numbers, words and times that are easily changed in silence, and rows of an odd shape."""

from __future__ import annotations

import gzip

from headwater.model.feed import Ragged
from headwater.model.types import Column, Schema, parse_type
from tests.inputs.entry import Entry, text

TWINS = "\u00e9,e\u0301\n1,2\n"
DEEP = 100_000
DIGITS = "9" * 5_000
LATE = 300_000


def _declared(kind):
    return Schema((Column("v", parse_type(kind)),))


def _bad_byte_late():
    rows = [b"%d,Ann\n" % number for number in range(LATE)]
    rows[LATE - 2] = b"%d,A\xffn\n" % (LATE - 2)
    return b"id,name\n" + b"".join(rows)


def _bad_checksum():
    packed = bytearray(gzip.compress(b"id,name\n1,Ann\n2,Bob\n", mtime=0))
    packed[-8] ^= 1
    return bytes(packed)


SHAPES = {
    "B09 a byte that is no UTF-8, late": Entry("ROWS", _bad_byte_late),
    # Kept, and the file says so; there is no option that refuses such rows.
    "B11 NUL in a field": text(b"id,name\n1,A\0n\n2,Bob\n"),
    "B19 delimiter behind each row": text("id,name\n1,Ann,\n2,Bob,\n", "Q:ragged"),
    "B19 delimiter behind each row, the empty last dropped": text(
        "id,name\n1,Ann,\n2,Bob,\n", ragged=Ragged.PAD
    ),
    "B30 names of every kind": text('a b,c.d,"say ""x""","two\nlines",\U0001f600\n1,2,3,4,5\n'),
    "B30 names that become the same": text("a b,a.b\n1,2\n", "Q:columns"),
    "B30 names that become the same, lenient": text("a b,a.b\n1,2\n", lenient=True),
    "B30 a name of 256 bytes": text("n" * 256 + ",b\n1,2\n", "Q:columns"),
    "B30 a name of 255 bytes": text("n" * 255 + ",b\n1,2\n"),
    "B30 names that are twins": text(TWINS, "Q:columns"),
    "B33 columns in another order": text("b,v\nx,1\ny,2\n", schema=_declared("bigint")),
    "B65 gzip with a wrong checksum": Entry("Q:corrupt", _bad_checksum),
}

NUMBERS = {
    "B38 decimals of forty digits": text("v\n0.1234567890123456789012345678901234567890\n1.5\n"),
    "B38 number past every double": text("v\n1e400\n1\n"),
    "B38 signs and zeros": text("v\n-0\n+5\n7\n"),
    "B38 underscores": text("v\n1_000\n2_000\n"),
    "B38 points and commas": text('v\n"1,234.5"\n"2,000.0"\n'),
    "B38 commas and points": text('v\n"1.234,5"\n"2.000,0"\n'),
    "B41 words for yes and no": text("v\nyes\nY\n1\nT\ntrue\n"),
    "B54 number of 5,000 digits": text(
        f'{{"v": 1}}\n{{"v": {DIGITS}}}\n', "ROWS", schema=_declared("bigint")
    ),
    "B54 numbers that no type holds, undeclared": text(
        f'{{"v": 1}}\n{{"v": {DIGITS}}}\n{{"v": 1e999}}\n'
    ),
    "B54 number past every double": text(
        '{"v": 1}\n{"v": 1e999}\n', "ROWS", schema=_declared("double")
    ),
    "B52 JSON too deep": Entry(
        "Q:depth", lambda: b'{"v": ' + b"[" * DEEP + b"]" * DEEP + b"}\n"
    ),
    "B59 two objects on a line": text('{"v": 1}\n{"v": 2}{"v": 3}\n{"v": 4}\n', "ROWS"),
}  # fmt: skip

TIMES = {
    "B42 days that are none": text(
        "v\n2024-02-29\n2024-02-30\n0000-00-00\n31/04/2024\n", "ROWS", schema=_declared("date")
    ),
    "B42 days that are none, undeclared": text("v\n2024-02-29\n2024-02-30\n0000-00-00\n"),
    # Of the two policies, the rows: the next second would be another time than the file says.
    "B44 leap second": text(
        "v\n2016-12-31 23:59:59\n2016-12-31 23:59:60\n2016-12-31 24:00:00\n",
        "ROWS",
        schema=_declared("timestamp"),
    ),
    "B44 leap second, undeclared": text("v\n2016-12-31 23:59:59\n2016-12-31 23:59:60\n"),
    "B45 offsets about a change of the clocks": text(
        "v\n2024-03-31T01:30:00+01:00\n2024-03-31T02:30:00+01:00\n2024-10-27T02:30:00+02:00\n"
    ),
    "B45 the hour that clocks skip": text(
        "v\n2024-03-31 01:59:59\n2024-03-31 02:30:00\n2024-03-31 03:00:00\n",
        "ROWS",
        schema=_declared("timestamp"),
        timezone="Europe/Berlin",
    ),
    "B45 the hour that clocks show twice": text(
        "v\n2024-10-27 01:59:59\n2024-10-27 02:30:00\n2024-10-27 03:00:00\n",
        timezone="Europe/Berlin",
    ),
    "B46 the first and the last year": text("v\n0001-01-01\n1582-10-10\n9999-12-31\n"),
    "B46 years that are none": text(
        "v\n0001-01-01 00:00:00\n-0044-03-15 00:00:00\n300000-01-01 00:00:00\n",
        "ROWS",
        schema=_declared("timestamp"),
    ),
    "B46 seconds since 1970": text("v\n1700000000\n1700000000000\n1700000000000000000\n"),
    "B47 nanoseconds, declared": text(  # Delta keeps microseconds: cut off, they were changed
        "v\n2024-01-01T00:00:00.123456789\n2024-01-01T00:00:00.123456\n",
        "ROWS",
        schema=_declared("timestamp"),
    ),
    # Delta's finest time is a microsecond: as text, undeclared ones keep all nine digits.
    "B47 nanoseconds": text("v\n2024-01-01T00:00:00.123456789\n2024-01-01T00:00:00.000000001\n"),
}

VALUES: dict[str, Entry] = {**SHAPES, **NUMBERS, **TIMES}
