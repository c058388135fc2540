"""Whether JSON has a record on each line is told from all the lines at hand, not from the first."""

import pytest

from headwater.model.feed import Format
from headwater.reading.json.kind import json_format


def form(text, *, whole=True):
    return json_format(text, Format.AUTO, whole=whole)


def test_objects_that_span_lines_behind_one_that_does_not_are_json():
    assert form('{"a":1}\n{\n"a":2\n}\n{"a":3}\n') is Format.JSON


def test_objects_that_span_lines_are_json_where_the_sample_cuts_the_last():
    text = '{"a":1}\n' + '{"a":\n2}\n' * 200 + '{"a":\n'

    assert form(text, whole=False) is Format.JSON


@pytest.mark.parametrize(
    "damaged",
    ['{"a":2', '{"a":2,}', '{"a":"x}', "{a:2}", '{"a":1}{"a":2}', "null", "{", '{"a":[', ""],
)
def test_a_damaged_line_among_records_leaves_them_one_a_line(damaged):
    assert form(f'{{"a":1}}\n{damaged}\n{{"a":3}}\n') is Format.NDJSON
    assert form(f'{{"a":1}}\n{{"a":3}}\n{damaged}') is Format.NDJSON


def test_an_object_that_goes_on_behind_the_sample_is_one_whatever_lines_are_in_it():
    text = '{\n  "version": 1,\n  "shapes": [\n' + '    {"shape": "x"}\n    ,\n' * 40

    assert json_format(text, Format.AUTO, whole=False) is Format.JSON


@pytest.mark.parametrize("broken", ['{"a":', '{"a":[', '{"a":1,', '{"a":"x', "{"])
def test_lines_behind_a_broken_first_one_are_records(broken):
    text = broken + "\n" + '{"a":1}\n' * 9

    assert json_format(text, Format.AUTO, whole=False) is Format.NDJSON


@pytest.mark.parametrize(
    "text",
    ["[1, 2,]\n", "['a', 'b']\n", "[TRUE, 1]\n", "[NaN]\n", "[]\n", "[\n", "[1] [2]\n", "[a, b]\n"],
)
def test_an_array_that_is_broken_is_json_all_the_same(text):
    assert form(text) is Format.JSON


@pytest.mark.parametrize("text", ["[main]\na=1\n", "[0.0] up\n", "[2026-01-01 10:00] x\n"])
def test_a_label_in_brackets_is_json_only_where_json_is_declared(text):
    assert form(text) is None
    assert json_format(text, Format.JSON, whole=True) is Format.JSON


def test_an_object_over_several_lines_may_hold_a_number_of_any_length():
    text = '{"a": 1,\n"b":\n[2,\n' + "9" * 5_000 + "]\n}"

    assert json_format(text, Format.AUTO, whole=True) is Format.JSON
    assert json_format(text[:-1], Format.AUTO, whole=False) is Format.JSON
