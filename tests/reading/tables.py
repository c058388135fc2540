"""Tables to be spelled in any dialect, and read again."""

import csv
import io
import re
from dataclasses import dataclass

from headwater.model.feed import Format
from headwater.reading.delimited.careful import careful_delimited
from headwater.reading.delimited.dialect import Dialect
from headwater.reading.packing.magic import Compression
from headwater.reading.recognise import Found

MIB = 1024 * 1024


@dataclass(frozen=True)
class Spelling:
    """How a writer spells a table; its fields are those of Python's csv."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    newline: str = "\n"

    def write(self, table):
        """The table as Python's writer has it; a longer delimiter takes a stand-in's place."""
        stand_in = self.delimiter if len(self.delimiter) == 1 else "\x07"
        text = io.StringIO(newline="")
        style = {
            "delimiter": stand_in,
            "lineterminator": self.newline,
            "quotechar": self.quote or None,
            "escapechar": self.escape or None,
            "doublequote": not self.escape,
        }
        for row in table:  # the writer leaves a CR bare where lines end with LF
            ends = any(set(cell) & {"\r", "\n"} for cell in row)
            quoting = csv.QUOTE_ALL if ends else csv.QUOTE_MINIMAL
            style["quoting"] = quoting if self.quote else csv.QUOTE_NONE
            csv.writer(text, **style).writerow(row)
        return text.getvalue().replace(stand_in, self.delimiter).encode()

    def dialect(self, **more):
        marks = {"quote": self.quote, "escape": self.escape, "newline": self.newline}
        return Dialect(self.delimiter, **marks, **more)


def found(columns, dialect):
    names = tuple(columns)
    return Found(Format.CSV, Compression.NONE, dialect, names, names)


def cut(text, size):
    return [text[start : start + size] for start in range(0, len(text), size)]


def read(text, seen, *, size=MIB, window=MIB, **more):
    return list(careful_delimited(cut(text, size), seen, piece_bytes=window, **more))


def rows(pieces, dialect):
    """The clean records as a strict parser of plain text reads them; None is an empty bare cell."""
    out = []
    mark = dialect.piece_delimiter
    for piece in pieces:
        text = io.StringIO(piece.text.decode(), newline="")
        parsed = list(csv.reader(text, delimiter=mark, strict=True))
        assert [int(row[0]) for row in parsed] == list(range(piece.count))
        out += [row[1:] for row in parsed]
    return out


def nullable_rows(pieces, dialect):
    """As `rows`, with None for what is empty without quotes."""
    mark = re.escape(dialect.piece_delimiter)
    cell = re.compile(rf'(?:"((?:[^"]|"")*)"|([^"\n{mark}]*))({mark}|\n)')
    out = [[]]
    for piece in pieces:
        for match in cell.finditer(piece.text.decode()):
            quoted, bare = match[1], match[2]
            out[-1].append(bare or None if quoted is None else quoted.replace('""', '"'))
            if match[3] == "\n":
                out.append([])
    return [row[1:] for row in out[:-1]]


def refused(pieces):
    return [(refusal.line, refusal.code) for piece in pieces for refusal in piece.refused]
