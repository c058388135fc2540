"""A value that becomes a number, a date or a truth is exactly what its text is worth."""

import pytest

from tests.differential.through import Through
from tests.differential.typed import KINDS, same, typed_table

pytestmark = pytest.mark.slow
ROUNDS = 40


@pytest.fixture(scope="module")
def through():
    with Through() as through:
        yield through


def _read(through, path, kinds, rows, **settings):
    lines = [",".join(kinds), *map(",".join, rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with through.content(path, {"format": "csv", "header": 1, **settings}) as content:
        return list(content.rows()), content.columns, list(content.refused)


def _differences(kinds, rows, found):
    return [
        (kind, text, value)
        for row, values in zip(rows, found, strict=True)
        for kind, text, value in zip(kinds, row, values, strict=True)
        if not same(value, text, kind)
    ]


@pytest.mark.parametrize("number", range(ROUNDS))
def test_types_that_are_inferred_lose_nothing(through, tmp_path, number):
    kinds, rows = typed_table(f"inferred {number}")

    found, _, refused = _read(through, tmp_path / "t.csv", kinds, rows)

    assert refused == []
    assert _differences(kinds, rows, found) == []


@pytest.mark.parametrize("number", range(ROUNDS // 2))
def test_types_that_are_declared_hold_every_value(through, tmp_path, number):
    kinds, rows = typed_table(f"declared {number}")
    schema = {kind: KINDS[kind].declared for kind in kinds}

    found, columns, refused = _read(through, tmp_path / "t.csv", kinds, rows, schema=schema)

    assert columns == schema
    assert refused == []
    assert _differences(kinds, rows, found) == []
    assert not any(
        isinstance(value, str) and kind != "zip"
        for row in found
        for kind, value in zip(kinds, row, strict=True)
    )
