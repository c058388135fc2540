"""Dumps of databases are read table by table, and never executed."""

import pytest

from headwater.reading.dump.tables import Dump, DumpTable, recognise_dump
from headwater.reading.unreadable import Unreadable
from tests.reading.dumps import MYSQL, POSTGRES, read, refused, rows, table, tables, told


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_the_tables_of_a_dump_are_listed_with_their_columns(size):
    assert tables(POSTGRES, Dump.POSTGRES, size) == [
        DumpTable("public.sales", ("id", 'the "name', "note"), Dump.POSTGRES),
        DumpTable("public.empty", ("a",), Dump.POSTGRES),
        DumpTable("public.bare", ("a", "b"), Dump.POSTGRES),
    ]
    assert tables(MYSQL, Dump.MYSQL, size) == [table(Dump.MYSQL, "id", "na`me", "b")]


def test_rows_of_a_copy_block_are_read_with_nulls_and_empty_texts_apart():
    pieces = read(POSTGRES, tables(POSTGRES, Dump.POSTGRES)[0])

    assert rows(pieces) == [
        ["1", "Ann", None],
        ["2", "", "tab\there\nand \\N"],
        ["3", '"q"', "\\N"],
    ]
    assert told(pieces)[0] == (17, "1\tAnn\t\\N")


def test_rows_of_extended_inserts_are_read_with_their_escapes():
    pieces = read(MYSQL, tables(MYSQL, Dump.MYSQL)[0])

    assert rows(pieces) == [
        ["1", "a'b", None],
        ["2", None, "0x00785C"],
        ["3", "", 'y\n"z"'],
        ["4", "a),(b", "0xDEAD"],
        ["5", "a'b", "0xAB"],
    ]
    assert [line for line, _ in told(pieces)] == [12, 12, 12, 13, 14]
    assert told(pieces)[3][1] == "(4,'a),(b',0xDEAD)"


@pytest.mark.parametrize("text", [POSTGRES, MYSQL])
def test_however_a_dump_is_cut_its_pieces_say_the_same(text):
    which = tables(text, recognise_dump(text))[0]
    once = read(text, which)

    for size in (1, 2, 3, 5, 17, 64):
        pieces = read(text, which, size=size, window=size)
        assert rows(pieces) == rows(once)
        assert told(pieces) == told(once)


@pytest.mark.parametrize(
    ("escape", "value"),
    [
        (rb"\\", "\\"),
        (rb"\b\f\v", "\b\f\v"),
        (rb"\r\n\t", "\r\n\t"),
        (rb"\101\x41\x4", "AA\x04"),
        (rb"\q", "q"),
        (rb"x\N", "xN"),
        (rb"\\N", "\\N"),
        (b"\x01\\n", "\x01\n"),
        (b"a\rb", "a\rb"),
        (b'"', '"'),
    ],
)
def test_copy_escapes_are_what_the_database_says(escape, value):
    text = b"COPY t (a, b) FROM stdin;\n1\t" + escape + b"\n\\N\t\n\\.\n"

    pieces = read(text, table(Dump.POSTGRES, "a", "b"))

    assert rows(pieces) == [["1", value], [None, ""]]


def test_a_copy_block_of_one_column_has_empty_lines_for_empty_texts():
    text = b"COPY t (a) FROM stdin;\n\n\n\\N\nx\n\\.\n"

    assert rows(read(text, table(Dump.POSTGRES, "a"))) == [[""], [""], [None], ["x"]]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"2", "ragged"),
        (b"2\tx\ty", "ragged"),
        (b"2\t\xff", "encoding"),
        (rb"2	\377", "encoding"),
    ],
)
def test_a_copy_line_that_cannot_be_a_row_is_refused_alone(line, code):
    text = b"COPY t (a, b) FROM stdin;\n1\tx\n" + line + b"\n3\ty\n\\.\n"

    pieces = read(text, table(Dump.POSTGRES, "a", "b"))

    assert refused(pieces) == [(3, code)]
    assert rows(pieces) == [["1", "x"], ["3", "y"]]


@pytest.mark.parametrize("size", [1, 40, 1 << 20])
def test_windows_line_ends_are_no_part_of_values(size):
    text = POSTGRES.replace(b"\n", b"\r\n")

    pieces = read(text, tables(text, Dump.POSTGRES)[0], size=size, window=size)

    assert rows(pieces)[0] == ["1", "Ann", None]
    assert rows(pieces)[2] == ["3", '"q"', "\\N"]


@pytest.mark.parametrize(
    ("dump", "literal", "value"),
    [
        (Dump.MYSQL, rb"'\0\b\n\r\t\Z\\\'\"\%\_\q'", "\0\b\n\r\t\x1a\\'\"\\%\\_q"),
        (Dump.MYSQL, rb"'it''s'", "it's"),
        (Dump.MYSQL, rb"_utf8mb4'x'", "x"),
        (Dump.MYSQL, rb"b'0101'", "0101"),
        (Dump.MYSQL, rb"-1.50e+10", "-1.50e+10"),
        (Dump.MYSQL, rb"0x00ff", "0x00ff"),
        (Dump.MYSQL, b"'\x02\\n\x01'", "\x02\n\x01"),
        (Dump.POSTGRES, rb"'a\nb'", "a\\nb"),
        (Dump.POSTGRES, rb"'\'", "\\"),
        (Dump.POSTGRES, rb"E'\n\\\x41\101\u00e9''\''", "\n\\AA\u00e9''"),
        (Dump.POSTGRES, rb"N'x'", "x"),
        (Dump.POSTGRES, b"'line\nline\r'", "line\nline\r"),
        (Dump.POSTGRES, b"'tab\there \"q\"'", 'tab\there "q"'),
        (Dump.POSTGRES, b"true", "true"),
        (Dump.POSTGRES, b"DEFAULT", None),
        (Dump.SQLITE, b"X'00ff'", "0x00FF"),
        (Dump.SQLITE, b"null", None),
        (Dump.SQLITE, b"''", ""),
        (Dump.SQLITE, b"'''x'''", "'x'"),
    ],
)
def test_literals_are_what_the_database_says(dump, literal, value):
    text = b"INSERT INTO t VALUES (1, %b), (2,'');\n" % literal

    for size in (1, 1 << 20):
        pieces = read(text, table(dump, "a", "b"), size=size, window=size)
        assert rows(pieces) == [["1", value], ["2", ""]]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (b"(2,now())", "sql"),
        (b"(2,'x' || 'y')", "sql"),
        (b"(2,replace('a','b','c'))", "sql"),
        (b"(2)", "ragged"),
        (b"(2,'x',3)", "ragged"),
        (b"(2,'\xff')", "encoding"),
    ],
)
@pytest.mark.parametrize("size", [1, 1 << 20])
def test_a_row_that_is_no_row_of_literals_is_refused_alone(row, code, size):
    text = (
        b"INSERT INTO t VALUES (1,'x'),\n" + row + b",\n(3,'y');\nINSERT INTO t VALUES (4,'z');\n"
    )

    pieces = read(text, table(Dump.SQLITE, "a", "b"), size=size, window=size)

    assert refused(pieces) == [(2, code)]
    assert rows(pieces) == [["1", "x"], ["3", "y"], ["4", "z"]]


@pytest.mark.parametrize(
    "broken",
    [
        b"INSERT INTO t VALUES (2,'x),(3,'y');\n",
        b"INSERT INTO t VALUES (2,'x);\n",
        b"INSERT INTO t VALUES (2,'x';\n",
        b"INSERT INTO t VALUES (2,'x')(3,'y');\n",
        b"INSERT INTO t SELECT 1, 'x';\n",
        b"INSERT INTO t DEFAULT VALUES;\n",
        b"INSERT INTO t (a, other) VALUES (2,'x');\n",
    ],
)
@pytest.mark.parametrize("size", [1, 1 << 20])
def test_a_statement_that_cannot_be_read_is_refused_and_the_next_one_taken(broken, size):
    text = b"INSERT INTO t VALUES (1,'x');\n" + broken + b"INSERT INTO t VALUES (9,'z');\n" * 2

    pieces = read(text, table(Dump.SQLITE, "a", "b"), size=size, window=size)

    assert refused(pieces)[-1] == (2, "sql")
    assert rows(pieces)[0] == ["1", "x"]
    assert rows(pieces)[-2:] == [["9", "z"]] * 2


def test_the_last_row_of_a_dump_is_refused_alone_too():
    text = b"INSERT INTO t VALUES (1,f()),(2,g()),(3,'x');\n"

    pieces = read(text, table(Dump.SQLITE, "a", "b"))

    assert refused(pieces) == [(1, "sql"), (1, "sql")]
    assert rows(pieces) == [["3", "x"]]


def test_statements_may_list_columns_in_another_order_or_leave_some_out():
    text = (
        b"INSERT INTO t (b, a) VALUES ('it''s', 1), ('y', 2);\nINSERT INTO t (b) VALUES ('z');\n"
        b"COPY t (b, a) FROM stdin;\nw\\n\t4\n\\.\n"
    )

    pieces = read(text, table(Dump.POSTGRES, "a", "b"))

    assert rows(pieces) == [["1", "it's"], ["2", "y"], [None, "z"], ["4", "w\n"]]


def test_what_follows_the_rows_of_a_statement_is_passed_over():
    text = b"INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING;\nINSERT INTO t VALUES (2);\n"

    assert rows(read(text, table(Dump.POSTGRES, "a"))) == [["1"], ["2"]]


@pytest.mark.parametrize(
    "text",
    [
        b"COPY t (a) FROM stdin;\n1\n2",
        b"COPY t (a) FROM stdin;\n1\n2\n",
        b"INSERT INTO t VALUES (1),(2",
        b"INSERT INTO t VALUES (1),('x",
        b"INSERT INTO t VALUES (1),",
        b"INSERT INTO t VALUES (1)",
    ],
)
@pytest.mark.parametrize("size", [1, 1 << 20])
def test_a_dump_that_ends_inside_the_table_is_truncated(text, size):
    with pytest.raises(Unreadable, match="truncated"):
        read(text, table(Dump.POSTGRES, "a"), size=size, window=size)


@pytest.mark.parametrize("size", [50, 1 << 20])
def test_a_copied_row_beyond_the_limit_is_refused_and_the_next_one_read(size):
    text = b"COPY t (a) FROM stdin;\n1\n" + b"x" * 3000 + b"\n3\n\\.\n"

    which = table(Dump.POSTGRES, "a")
    pieces = read(text, which, size=size, window=size, record_bytes=1000)

    assert refused(pieces) == [(3, "line_too_long")]
    assert rows(pieces) == [["1"], ["3"]]


@pytest.mark.parametrize("size", [50, 1 << 20])
def test_an_inserted_row_beyond_the_limit_is_refused_and_the_next_statement_read(size):
    long = b"INSERT INTO t VALUES ('" + b"x" * 3000 + b"');\n"
    text = b"INSERT INTO t VALUES ('1');\n" + long + b"INSERT INTO t VALUES ('4');\n"

    pieces = read(text, table(Dump.POSTGRES, "a"), size=size, window=size, record_bytes=1000)

    assert refused(pieces) == [(2, "line_too_long")]
    assert rows(pieces) == [["1"], ["4"]]


@pytest.mark.parametrize(
    ("text", "dump"),
    [
        (POSTGRES, Dump.POSTGRES),
        (MYSQL, Dump.MYSQL),
        (b"-- MariaDB dump 10.19\n--\n", Dump.MYSQL),
        (b"/*M!999999\\- enable the sandbox mode */ \n", Dump.MYSQL),
        (b"PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCOMMIT;\n", Dump.SQLITE),
        (b"COPY public.t (a) FROM stdin;\n1\n\\.\n", Dump.POSTGRES),
        (b"INSERT INTO `t` VALUES (1);\n", Dump.MYSQL),
        (b"CREATE TABLE t (a int);\nINSERT INTO t VALUES (1);\n", Dump.SQLITE),
        (b"", None),
        (b"a,b\n1,2\n", None),
        (b'{"sql": "INSERT INTO t VALUES (1)"}\n', None),
        (b"note\nplease INSERT INTO the form\n", None),
    ],
)
def test_dumps_are_known_by_who_signed_them_or_how_they_are_spelled(text, dump):
    assert recognise_dump(text) is dump


def test_columns_of_a_table_without_any_names_get_numbers():
    text = b"INSERT INTO t VALUES (1,'x',NULL);\n"

    assert tables(text, Dump.MYSQL) == [table(Dump.MYSQL, "column_1", "column_2", "column_3")]


def test_tables_without_columns_are_not_listed():
    text = b"CREATE TABLE t (\n);\nCOPY t  FROM stdin;\n\\.\nCOPY u FROM stdin;\n\\.\n"

    assert tables(text, Dump.POSTGRES) == []


def test_a_quote_that_never_closes_elsewhere_costs_no_row_of_the_table():
    text = b"SET x = 'oops;\nINSERT INTO t VALUES (1);\nINSERT INTO t VALUES (2);\n"

    for size in (1, 1 << 20):
        pieces = read(text, table(Dump.POSTGRES, "a"), size=size, window=size)
        assert rows(pieces) == [["1"], ["2"]]


def test_a_quote_that_never_closes_in_another_table_takes_no_rows_of_this_one_with_it():
    other = b"INSERT INTO `u` VALUES (1,'it's');\n"
    text = b"INSERT INTO `t` VALUES ('a');\n" + other + b"INSERT INTO `t` VALUES ('b');\n" * 2

    for size in (1, 1 << 20):
        pieces = read(text, table(Dump.MYSQL, "a"), size=size, window=size)
        assert rows(pieces) == [["a"], ["b"], ["b"]]


SQLITE_CALLS = rb"""PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE t(id integer, note text, more text);
INSERT INTO t VALUES(1,replace('line\nbreak, it''s (one)','\n',char(10)),NULL);
INSERT INTO t VALUES(2,replace(replace('a\rb\nc','\r',char(13)),'\n',char(10)),'x');
INSERT INTO t VALUES(3,replace('not \n but\012so','\012',char(10)),2.5);
INSERT INTO t VALUES(4,unistr('tab\u0009 and \\ and "e\u00e9"'),'');
INSERT INTO t VALUES(5,replace('a','b','c'),'');
INSERT INTO t VALUES(6,'replace(''a'')','unistr(');
COMMIT;
"""


@pytest.mark.parametrize("size", [1, 5, 17, 64, 1 << 20])
def test_texts_that_sqlite_writes_as_calls_are_read_as_what_they_stand_for(size):
    which = tables(SQLITE_CALLS, Dump.SQLITE)[0]

    pieces = read(SQLITE_CALLS, which, size=size, window=size)

    assert rows(pieces) == [
        ["1", "line\nbreak, it's (one)", None],
        ["2", "a\rb\nc", "x"],
        ["3", "not \\n but\nso", "2.5"],
        ["4", 'tab\t and \\ and "e\u00e9"', ""],
        ["6", "replace('a')", "unistr("],
    ]
    assert refused(pieces) == [(8, "sql")]
