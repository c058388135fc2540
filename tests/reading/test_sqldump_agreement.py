"""Whatever a database dumps is what comes out, however it is cut."""

import sqlite3
import tracemalloc

from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.reading.dump.tables import Dump, careful_dump
from headwater.reading.unreadable import Unreadable
from tests.reading.dumps import read, refused, rows, table, told

values = (
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | st.text("ab ,()'\"\\;\t\n\u00e9-\x01", max_size=8)
)


@given(st.lists(st.tuples(values, values), max_size=8), st.integers(1, 50), st.integers(1, 99))
@settings(deadline=None)
def test_what_sqlite_dumps_is_what_comes_out(table_rows, size, window):
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE t (a, b)")
        database.executemany("INSERT INTO t VALUES (?, ?)", table_rows)
        text = "".join(f"{line}\n" for line in database.iterdump()).encode()
    database.close()

    pieces = read(text, table(Dump.SQLITE, "a", "b"), size=size, window=window)

    assert refused(pieces) == []
    assert rows(pieces) == [[None if v is None else str(v) for v in row] for row in table_rows]


def copied(value):
    if value is None:
        return "\\N"
    letters = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b"}
    return "".join(letters.get(letter, letter) for letter in value)


texts = st.none() | st.text("ab ,'\"\\;\t\n\r\b\u00e9N.\x03", max_size=6)


@given(st.lists(st.tuples(texts, texts), max_size=9), st.integers(1, 50), st.integers(1, 99))
@settings(deadline=None)
def test_what_postgres_copies_is_what_comes_out(table_rows, size, window):
    lines = "".join("\t".join(map(copied, row)) + "\n" for row in table_rows)
    text = f"COPY t (a, b) FROM stdin;\n{lines}\\.\n".encode()

    pieces = read(text, table(Dump.POSTGRES, "a", "b"), size=size, window=window)

    assert refused(pieces) == []
    assert rows(pieces) == [list(row) for row in table_rows]


def escaped(value):
    if value is None:
        return "NULL"
    letters = {"\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\x1a": "\\Z"}
    return "'" + "".join(letters.get(letter, letter) for letter in value) + "'"


@given(st.lists(st.tuples(texts, texts), min_size=1), st.integers(1, 50), st.integers(1, 99))
@settings(deadline=None)
def test_what_mysql_dumps_is_what_comes_out(table_rows, size, window):
    listed = ",".join(f"({escaped(a)},{escaped(b)})" for a, b in table_rows)
    text = f"INSERT INTO `t` VALUES {listed};\n".encode()

    pieces = read(text, table(Dump.MYSQL, "a", "b"), size=size, window=window)

    assert refused(pieces) == []
    assert rows(pieces) == [list(row) for row in table_rows]


@given(st.binary(max_size=80), st.integers(1, 40))
@settings(deadline=None)
def test_how_blocks_are_cut_changes_nothing_whatever_the_bytes(junk, size):
    text = b"INSERT INTO t VALUES (1,'x'),(" + junk + b"),(2,'y');\nINSERT INTO t VALUES (3,'z');\n"

    def outcome(size, window):
        try:
            pieces = read(text, table(Dump.MYSQL, "a", "b"), size=size, window=window)
        except Unreadable as refusal:
            return str(refusal)
        return refused(pieces), told(pieces)

    assert outcome(size, 1) == outcome(size, size) == outcome(1 << 20, 1 << 20)


def test_memory_stays_flat_whatever_the_size_of_a_statement():
    def blocks():
        yield b"INSERT INTO `t` VALUES (0,'')"
        for number in range(4000):
            yield b",(%d,'%b')" % (number, b"x" * 10_000)
        yield b";\n"

    tracemalloc.start()
    count = sum(
        piece.count
        for piece in careful_dump(blocks(), table(Dump.MYSQL, "a", "b"), piece_bytes=1 << 20)
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert count == 4001
    assert peak < 12 << 20
