"""What goes past a limit: archives that lie, bombs, and whatever is too long, wide or large."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import struct
import zipfile
from functools import partial

import lz4.frame
from backports import zstd

from headwater.model.feed import PartitionBy
from headwater.model.types import Column, Schema, parse_type
from tests.inputs.entry import Entry, archive

CSV = "id,name\n1,Ann\n2,Bob\n"
LINE = b"1," + b"x" * 1_000 + b"\n"
UNIT = b"id,text\n" + LINE * 8_000
REST = LINE * 8_000
MEMBERS = (1_200 << 20) // len(REST) + 1
MEBI = 1 << 20


def _zip(write):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        write(made)
    return held.getvalue()


def _link():
    def write(made):
        info = zipfile.ZipInfo("a.csv")
        info.create_system = 3
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(info, "/etc/passwd")

    return _zip(write)


def _twins():
    content = _zip(lambda made: [made.writestr(name, CSV) for name in ("a.csv", "b.csv")])
    return content.replace(b"b.csv", b"a.csv")


def _locked():
    content = bytearray(_zip(lambda made: made.writestr("a.csv", CSV)))
    content[6] |= 1
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def _crowd():
    return _zip(lambda made: [made.writestr(f"{number}.csv", "") for number in range(12_000)])


def _overlapping():
    """Many entries of one and the same member."""
    content = _zip(lambda made: made.writestr("a.csv", b"x,y\n" * 100_000))
    start, end = content.rfind(b"PK\x01\x02"), content.rfind(b"PK\x05\x06")
    entries = b"".join(content[start:end].replace(b"a.csv", b"%05d" % n) for n in range(250))
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 250, 250, len(entries), start, 0)
    return content[:start] + entries + tail


def _zip_bomb():
    def write(made):
        with made.open("a.csv", "w") as member:
            for _ in range(MEMBERS):
                member.write(UNIT)

    return _zip(write)


def _bomb(pack):
    return pack(UNIT) + pack(REST) * MEMBERS


def _json_array(rows):
    row = b'{"id": 1, "text": "%s", "tags": [1, 2]}' % (b"x" * 1_000)
    return b"[" + b",\n".join([row] * rows) + b"]"


def _xml(rows):
    return b"<all>" + b"<row><id>1</id><text>%s</text></row>" % (b"x" * 1_000) * rows + b"</all>"


def _keys(opening, between, closing):
    objects = (b'{"k%d": 1}' % number for number in range(50_000))
    return opening + between.join(objects) + closing


ARCHIVES = {
    "B70 zip with an absolute path": archive(("/a.csv", CSV), becomes="Q:zip_path"),
    "B70 zip with backslashes": archive((r"a\..\b.csv", CSV), becomes="Q:zip_path"),
    "B70 zip with a link": Entry("Q:zip_path", _link),
    "B70 zip with a name twice": Entry("Q:dup", _twins),
    "B70 zip with a password": Entry("Q:encrypted", _locked),
    "B70 zip of twelve thousand files": Entry("Q:count", _crowd),
    "B71 zip whose members overlap": Entry("Q:overlap", _overlapping),
}

BOMBS = {
    "B66 gzip bomb": Entry("Q:ratio", partial(_bomb, gzip.compress), slow=True),
    "B66 zstd bomb": Entry("Q:ratio", partial(_bomb, zstd.compress), slow=True),
    "B66 bzip2 bomb": Entry("Q:ratio", partial(_bomb, bz2.compress), slow=True),
    "B66 xz bomb": Entry("Q:ratio", partial(_bomb, partial(lzma.compress, preset=0)), slow=True),
    "B66 lz4 bomb": Entry("Q:ratio", partial(_bomb, lz4.frame.compress), slow=True),
    "B66 zip bomb": Entry("Q:ratio", _zip_bomb, slow=True),
    "B66 gzip of zeros": Entry("Q:binary", lambda: gzip.compress(bytes(8 * MEBI)) * 150, slow=True),
}

LARGE = {
    "B24 hundred megabytes in a line": Entry(
        "ROWS", lambda: b"a,b\n1,2\n" + b"x" * (100 * MEBI) + b"\n3,4\n", slow=True
    ),
    "B24 hundred megabytes in the first line": Entry(
        "Q:line_too_long", lambda: b"x" * (100 * MEBI) + b"\n1\n", slow=True
    ),
    "B26 cell of fifty megabytes": Entry(
        "ROWS", lambda: b'a,b\n1,"' + b"x" * (50 * MEBI) + b'"\n3,4\n', slow=True
    ),
    "B26 cell of fifty megabytes in lines": Entry(
        "ROWS", lambda: b'a,b\n1,"' + (b"x" * 999 + b"\n") * (50 * 1024) + b'"\n3,4\n', slow=True
    ),
    "B26 cell of fifty megabytes in JSON": Entry(
        "ROWS", lambda: b'{"a":1}\n{"a":"' + b"x" * (50 * MEBI) + b'"}\n{"a":3}\n', slow=True
    ),
    "B26 first cell of a megabyte in JSON": Entry(
        "OK", lambda: b'{"a":"' + b"x" * MEBI + b'","b":1}\n{"a":"y","b":2}\n', slow=True
    ),
    "B56 array of fifty megabytes": Entry("OK", partial(_json_array, 50_000), slow=True),
    "B61 fifty thousand keys in an array": Entry(
        "Q:too_wide", partial(_keys, b"[", b",", b"]"), slow=True
    ),
    "B61 fifty thousand keys in lines": Entry(
        "Q:too_wide", partial(_keys, b"", b"\n", b"\n"), slow=True
    ),
    "B80 XML of a hundred megabytes": Entry("OK", partial(_xml, 100_000), slow=True),
    "B89 too many partitions": Entry(
        "Q:partitions",
        lambda: b"id,region\n" + b"".join(b"%d,r%d\n" % (n, n) for n in range(2_500)),
        {
            "schema": Schema((Column("region", parse_type("text")),)),
            "partition": (PartitionBy("region", "column", "region"),),
        },
        slow=True,
    ),
}
