"""A look at the head of a file tells the truth about that head, wherever it is cut."""

import gzip
import json

import duckdb
import pytest

from headwater.adapters.duckdb.engine import DuckEngine
from headwater.config.options import feed_from
from headwater.ports.peek import PeekJob

ROWS = 2_000


@pytest.fixture(scope="module")
def engine():
    engine = DuckEngine()
    yield engine
    engine.close()


@pytest.fixture
def look(tmp_path, engine):
    """Look at so many bytes of a file."""

    def at(path, head_bytes=20_000, **options):
        folder = tmp_path / f"room-{head_bytes}"
        folder.mkdir()
        job = PeekJob(str(path), path.name, feed_from(options), str(folder), head_bytes)
        peeked = engine.peek(job, lambda _: None)
        parts = [str(folder / "table" / part.path) for part in peeked.parts]
        return peeked, duckdb.sql(
            f"SELECT * EXCLUDE _arrival FROM read_parquet({parts})"
        ).fetchall()

    return at


def rows_of_text(newline="\n", inside="\n"):
    """Every third row has a quoted cell, which may span lines."""
    for number in range(ROWS):
        cell = f'"a {inside} ""b"" {number},"' if number % 3 == 0 else f"plain {number}"
        yield f"{number},{cell},{number / 4}{newline}"


def cell_of(number, inside):
    return f'a {inside} "b" {number},' if number % 3 == 0 else f"plain {number}"


@pytest.mark.parametrize(("newline", "inside"), [("\n", "\n"), ("\r\n", "\r\n"), ("\r", " ")])
def test_no_record_of_a_head_is_cut(tmp_path, look, newline, inside):
    path = tmp_path / "a.csv"
    text = f"id,cell,amount{newline}" + "".join(rows_of_text(newline, inside))
    path.write_bytes(text.encode())

    for head_bytes in range(20_000, 20_045, 3):
        peeked, rows = look(path, head_bytes)

        assert not peeked.whole
        assert peeked.books.quarantined == 0
        assert rows[-1][0] == len(rows) - 1 < ROWS
        assert rows[-1][1] == cell_of(len(rows) - 1, inside)


def test_a_file_that_is_no_longer_than_the_head_is_read_whole(tmp_path, look):
    path = tmp_path / "a.csv"
    path.write_text("id,cell\n1,x\n2,y\n", encoding="utf-8")

    peeked, rows = look(path)

    assert peeked.whole
    assert rows == [(1, "x"), (2, "y")]


def test_a_packed_file_is_measured_by_what_it_holds(tmp_path, look):
    path = tmp_path / "a.csv.gz"
    text = "id,cell,amount\n" + "".join(rows_of_text()) * 50
    path.write_bytes(gzip.compress(text.encode()))

    peeked, rows = look(path, 200_000)
    whole, _ = look(path, 3_000_000)

    assert not peeked.whole
    assert peeked.found.compression == "gzip"
    assert 5_000 < len(rows) < 50 * ROWS
    assert whole.whole


def test_flaws_of_a_head_have_the_lines_of_the_file(tmp_path, look):
    path = tmp_path / "a.csv"
    lines = ["id,name", *(f"{number},name {number}" for number in range(ROWS))]
    lines[100] = "99"
    path.write_text("\n".join(lines), encoding="utf-8")

    peeked, _ = look(path)

    assert [(flaw.line, flaw.code, flaw.raw) for flaw in peeked.flaws] == [(101, "ragged", "99")]
    assert peeked.books.balanced


def test_flaws_of_the_head_of_a_json_array_have_the_lines_of_the_file(tmp_path, look):
    path = tmp_path / "a.json"
    objects = [json.dumps({"id": number, "name": "x" * 600}) for number in range(9 * ROWS)]
    objects[10] = "10"
    objects[20] = '{"id": "many", "name": "y"}'
    path.write_text("[\n" + ",\n".join(objects) + "\n]", encoding="utf-8")

    peeked, rows = look(path, 40_000, schema={"id": "bigint"})

    assert not peeked.whole
    assert [(flaw.line, flaw.code) for flaw in peeked.flaws] == [(12, "not_object"), (22, "type")]
    assert peeked.flaws[1].raw == objects[20]
    assert peeked.books.balanced
    assert dict(peeked.reasons) == {"not_object": 1, "type": 1}
    assert len(rows) == peeked.books.written


def test_the_head_of_a_parquet_file_knows_how_many_rows_there_are(tmp_path, look):
    path = tmp_path / "a.parquet"
    duckdb.sql(
        "SELECT i AS id, 'name ' || i AS name, uuid() AS noise FROM range(50000) t(i)"
    ).write_parquet(str(path))

    peeked, rows = look(path, 100_000)

    assert peeked.total_rows == 50_000
    assert [row[0] for row in rows] == list(range(len(rows)))
    assert 0 < len(rows) < 50_000


def test_columns_without_a_value_are_named_in_their_places(tmp_path, look):
    path = tmp_path / "a.csv"
    path.write_text('it\'s,b,"c""d",e\n,1,,2\n', encoding="utf-8")

    peeked, _ = look(path)

    assert peeked.schema.names() == ("it_s", "b", "c_d", "e")
    assert peeked.empty == ("it_s", "c_d")
    assert peeked.found.originals == ("it's", "b", 'c"d', "e")


def xml_of(rows):
    orders = "".join(f"<order id='{n}'><sum>{n}.50</sum></order>\n" for n in range(rows))
    return f"<orders>\n{orders}</orders>"


def dump_of(rows):
    lines = "".join(f"{n}\tname {n}\t{n}.50\n" for n in range(rows))
    table = "CREATE TABLE public.a (id integer, name text, sum numeric);\n"
    copy = "COPY public.a (id, name, sum) FROM stdin;\n"
    return f"--\n-- PostgreSQL database dump\n--\n\n{table}{copy}{lines}\\.\n"


def log_of(rows):
    return "".join(
        f'10.0.0.{n % 200} - - [01/Jan/2026:10:00:00 +0000] "GET /{n} HTTP/1.1" 200 {n}\n'
        for n in range(rows)
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "text", "kinds"),
    [
        ("a.xml", xml_of, {"id": "bigint", "sum": "decimal(18,2)"}),
        ("a.sql", dump_of, {"id": "bigint", "name": "text", "sum": "decimal(18,2)"}),
        ("a.log", log_of, {"host": "text", "status": "bigint", "bytes": "bigint"}),
    ],
)
def test_a_head_has_the_types_that_the_whole_file_has(tmp_path, look, name, text, kinds):
    path = tmp_path / name
    path.write_text(text(100 * ROWS), encoding="utf-8")

    head, rows = look(path, 400_000)
    whole, _ = look(path, 100_000_000)

    assert not head.whole
    assert whole.whole
    assert head.schema == whole.schema
    assert head.found == whole.found
    assert kinds.items() <= {each.name: str(each.type) for each in head.schema.columns}.items()
    assert 0 < len(rows) == head.books.written < whole.books.written == 100 * ROWS


@pytest.mark.slow
def test_a_damaged_record_of_a_head_is_told_of_with_its_line(tmp_path, look):
    path = tmp_path / "a.log"
    lines = log_of(100 * ROWS).splitlines(keepends=True)
    lines[1_000] = "nothing of the kind\n"
    path.write_text("".join(lines), encoding="utf-8")

    head, _ = look(path, 400_000)

    assert not head.whole
    assert [(each.line, each.raw) for each in head.flaws] == [(1_001, "nothing of the kind")]
    assert head.books.balanced


def test_a_head_of_short_lines_is_short(tmp_path, look):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "1,2\n" * 400_000, encoding="utf-8")

    head, rows = look(path, 1_000_000)

    assert 90_000 < len(rows) < 110_000
    assert head.head_bytes < 500_000
