"""Whatever lies across the edge of a block is read as if there were no edge."""

import pytest

from tests.differential.edges import EDGES, FIRST_EDGES, FORMS, SPECIALS, across, cases
from tests.differential.reading import read_records
from tests.differential.through import Through
from tests.differential.verdict import flaw_of

FAST = ("csv", "gzip", "lines")
"""Formats of which DuckDB reads what is clean."""


@pytest.fixture(scope="module")
def through():
    with Through() as through:
        yield through


@pytest.mark.parametrize("name", FORMS)
def test_a_special_lies_where_it_should(name):
    form = FORMS[name]
    spelled = form.spell("'\"x").encode()

    content = across(form, "'\"x", 2, EDGES).content

    assert all(content[edge - 2 :].startswith(spelled) for edge in EDGES)


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMS)
def test_no_edge_of_a_block_shows_in_what_is_read(tmp_path, name):
    path, flaws = tmp_path / "text", []
    for special in SPECIALS:
        near = list(cases(name, special, FIRST_EDGES[:3]))
        far = list(cases(name, special, FIRST_EDGES))[1:2]
        for case in near + far:
            path.write_bytes(case.content)
            flaws += [f"{case}: {flaw}" for flaw in [flaw_of(case, read_records(path))] if flaw]

    assert flaws == []


@pytest.mark.slow
@pytest.mark.parametrize("name", FAST)
def test_no_edge_shows_in_what_the_engine_reads(tmp_path, through, name):
    path, flaws = tmp_path / "text", []
    for special in SPECIALS:
        case = list(cases(name, special, FIRST_EDGES))[1]
        path.write_bytes(case.content)
        outcome = through.read(path, {})
        rows = [tuple(row.values()) if isinstance(row, dict) else row for row in case.rows]
        if outcome.rows != rows or outcome.refused:
            flaws.append(f"{case}: {outcome.refused[:3]} {outcome.notes}")

    assert flaws == []
