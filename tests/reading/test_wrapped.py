"""Records in a list that has objects wrapped around it are found, and nothing of them is lost."""

import json

import pytest

from headwater import read
from headwater.errors import HeadwaterError
from headwater.reading.json.array import careful_array
from headwater.reading.json.wrapped import Wrapped, list_named, list_of_records, lists_in
from headwater.reading.unreadable import Unreadable

TWO = '[{"id": 1, "name": "Ann"}, {"id": 2, "name": "Bob"}]'


def found(text, columns=()):
    chosen = list_of_records(lists_in(text), columns)
    return chosen and chosen.name


def rows(tmp_path, text, **options):
    path = tmp_path / "answer.json"
    path.write_text(text, encoding="utf-8")
    reading = read(path, **options)
    return [dict(zip(reading.columns, row, strict=True)) for row in reading.rows()], reading


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f'{{"data": {TWO}}}', "data"),
        (f'\n{{"orders":\n {TWO}\n}}\n', "orders"),
        (f'{{"count": 2, "next": null, "previous": null, "results": {TWO}}}', "results"),
        (f'{{"@odata.context": "x", "value": {TWO}, "@odata.nextLink": "y"}}', "value"),
        (f'{{"took": 3, "_shards": {{"total": 1}}, "hits": {{"hits": {TWO}}}}}', "hits/hits"),
        (f'{{"status": "ok", "data": {{"items": {TWO}, "total": 2}}}}', "data/items"),
        (f'{{"_embedded": {{"towns": {TWO}}}, "_links": {{}}, "page": {{}}}}', "_embedded/towns"),
        (f'{{"shop": {{"orders": {TWO}}}}}', "shop/orders"),
        (f'{{"type": "FeatureCollection", "name": "towns", "features": {TWO}}}', "features"),
        (f'{{"data": {TWO}, "links": [{{"rel": "next"}}], "errors": []}}', "data"),
        ('{"data": [], "total": 0}', "data"),
        ('{"total": 9, "data": [{"id": 1}, {"id"', "data"),
    ],
)
def test_a_list_with_nothing_of_a_record_beside_it_has_the_rows(text, name):
    assert found(text) == name


@pytest.mark.parametrize(
    "text",
    [
        f'{{"id": 7, "customer": "Ann", "items": {TWO}}}',
        f'{{"timestamp": 7, "readings": {TWO}}}',
        f'{{"metadata": {{"owner": "Ann"}}, "definition": {{"parts": {TWO}}}}}',
        f'{{"sales": {TWO}, "refunds": {TWO}}}',
        f'{{"data": {TWO}}}\n{{"data": {TWO}}}',
        '{"data": [1, 2, 3]}',
        '{"meta": {"columns": [{"name": "a"}]}, "data": [[1], [2]]}',
        '{"id": 1}',
        "{}",
        TWO,
    ],
)
def test_an_object_that_may_be_a_record_itself_is_one(text):
    assert found(text) is None


def test_a_table_that_has_the_list_for_a_column_keeps_it():
    assert found(f'{{"Data": {TWO}}}', columns=("id", "data")) is None


@pytest.mark.parametrize("row", ["hits/hits", "hits"])
def test_a_list_is_named_by_its_path_or_the_end_of_it(row):
    lists = lists_in(f'{{"hits": {{"hits": {TWO}}}, "other": {TWO}}}')

    assert list_named(lists, row).path == ("hits", "hits")
    assert list_named(lists, "its") is None


def test_rows_are_those_of_the_list_and_what_is_left_out_is_told(tmp_path):
    read_rows, reading = rows(tmp_path, f'{{"count": 2, "next": "p2", "results": {TWO}}}')

    assert read_rows == [{"id": 1, "name": "Ann"}, {"id": 2, "name": "Bob"}]
    assert any("count, next" in flaw for flaw in reading.found.notes)


def test_a_list_that_is_named_has_the_rows_whatever_stands_beside_it(tmp_path):
    order = f'{{"id": 7, "customer": "Ann", "items": {TWO}}}'

    assert [row["id"] for row in rows(tmp_path, order)[0]] == [7]
    assert [row["id"] for row in rows(tmp_path, order, row="items")[0]] == [1, 2]


def test_a_list_that_is_named_and_not_there_refuses_the_file(tmp_path):
    with pytest.raises(HeadwaterError, match="no list items"):
        rows(tmp_path, f'{{"data": {TWO}}}', row="items")


@pytest.mark.parametrize("text", [TWO, '{"items": [{"a": 1}]}\n{"items": [{"a": 2}]}\n'])
def test_several_records_have_no_list_that_is_named(tmp_path, text):
    with pytest.raises(HeadwaterError, match="no list items"):
        rows(tmp_path, text, row="items")


def test_an_element_that_is_no_record_is_refused_by_itself(tmp_path):
    text = '{"data": [{"id": 1}, 5, {"id": 2, "id": 3}, {"id": 4}]}'

    read_rows, reading = rows(tmp_path, text)

    assert [row["id"] for row in read_rows] == [1, 4]
    assert sorted(each.code for each in reading.refused) == ["dup_key", "not_object"]


def wrapped(text, *path, size=1 << 20, any_beside=False):
    blocks = [text[start : start + size] for start in range(0, len(text), size)]
    about = Wrapped(path, any_beside=any_beside)
    pieces = careful_array(blocks, piece_bytes=size, wrapped=about)
    return [
        json.loads(line.partition("\t")[2])
        for piece in pieces
        for line in piece.text.decode().split("\n")[:-1]
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_how_the_text_is_cut_changes_nothing(size):
    text = b'{"a": {"x": "]}"}, "d\\u0061ta": {"more": [[{}]], "list": [{"id": 1}, {"id": 2}]}}'

    assert wrapped(text, "data", "list", size=size, any_beside=True) == [{"id": 1}, {"id": 2}]


@pytest.mark.parametrize("nothing", [b'{"data": []}', b'{"data": null}', b'{"data":[ ] , "ok":1}'])
def test_an_empty_list_has_no_rows(nothing):
    assert wrapped(nothing, "data") == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b'{"data": [{"id": 1}], "author": "me"}', "json"),
        (b'{"data": [{"id": 1}], "data": [{"id": 2}]}', "dup_key"),
        (b'{"data": [{"id": 1}]} {"data": []}', "json"),
        (b'{"data": [{"id": 1}', "truncated"),
        (b'{"data": [{"id": 1}],', "truncated"),
        (b'{"data": [{"id": 1}], "ok" 5}', "json"),
        (b'{"data": [{"id": 1}], 5: 5}', "json"),
        (b'{"data": [{"id": 1}] "ok": 5}', "json"),
        (b'{"data": {"id": 1}}', "json"),
        (b'{"ok": 1}', "json"),
        (b"[]", "json"),
    ],
)
def test_what_is_not_as_its_beginning_was_refuses_the_file(text, code):
    with pytest.raises(Unreadable) as refusal:
        wrapped(text, "data")

    assert refusal.value.cause.code == code
