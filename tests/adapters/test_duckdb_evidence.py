"""A type that a sample suggests is asked of every value, and found anew where it is denied."""

from __future__ import annotations

import gzip

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headwater.adapters.duckdb.columns.evidence import choose
from headwater.adapters.duckdb.columns.observer import Observer
from headwater.adapters.duckdb.engine import DuckEngine
from tests.contracts.bench import Bench, types_of

VALUES = st.sampled_from(
    [
        *("1", "20", "-7", "007", "-0", "12345678901234567", "99999999999999999999"),
        *("1.5", "2.25", "0.123456", "1e5", "1.50", "3.14159265358979"),
        *("true", "false", "TRUE", "False", "yes"),
        *("2024-01-31", "2024-02-30", "2024-01-31 10:00:00", "2024-01-31T10:00:00Z"),
        *("2024-13-01 10:00:00", "x", "", None),
    ]
)


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


def observer_of(connection, values):
    connection.execute("CREATE OR REPLACE TABLE seen (c0 VARCHAR)")
    if values:
        connection.executemany("INSERT INTO seen VALUES (?)", [[value] for value in values])
    return Observer(connection, lambda ask, _: ask("SELECT * FROM seen"), json=False)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(sample=st.lists(VALUES, max_size=4), rest=st.lists(VALUES, max_size=4))
def test_a_guess_never_changes_what_all_values_are(connection, sample, rest):
    guess = observer_of(connection, sample).observe([0], {})
    observer = observer_of(connection, [*sample, *rest])

    guided, plain = observer.observe([0], guess), observer.observe([0], {})

    assert choose(guided[0]) == choose(plain[0])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(one=st.lists(VALUES, max_size=4), other=st.lists(VALUES, max_size=4))
def test_what_two_files_have_in_common_loses_no_value(connection, one, other):
    """It may be text where a look at all at once dares a number, and never the reverse."""
    apart = []
    for values in (one, other):
        guess = observer_of(connection, values[:2]).observe([0], {})
        apart.append(observer_of(connection, values).observe([0], guess)[0])
    together = observer_of(connection, [*one, *other]).observe([0], {})

    united = choose(apart[0] | apart[1])

    assert united == choose(together[0]) or str(united) == "text"


@pytest.fixture(scope="module")
def engine():
    engine = DuckEngine()
    yield engine
    engine.close()


@pytest.mark.parametrize("packed", [False, True])
def test_the_types_of_more_columns_than_are_asked_for_at_once_are_found(engine, tmp_path, packed):
    bench = Bench(engine, tmp_path)
    wide = [f"c{n}" for n in range(250)]
    text = "\n".join(
        [",".join(wide), *[",".join(str(n * row) for n in range(250)) for row in range(3)]]
    )

    conversion = bench.convert(gzip.compress(text.encode()) if packed else text)

    assert set(types_of(conversion).values()) == {"bigint"}


def test_a_value_late_in_a_large_file_widens_its_column_alone(engine, tmp_path):
    bench = Bench(engine, tmp_path)
    rows = [f"{n},{n},{n}.25" for n in range(150_000)]
    rows[100_000] = "1.5,7,0.125"

    conversion = bench.convert("\n".join(["a,b,c", *rows, ""]), records=[150_001])

    assert types_of(conversion) == {"a": "decimal(18,1)", "b": "bigint", "c": "decimal(18,3)"}
    assert conversion.engine.endswith("fast")
