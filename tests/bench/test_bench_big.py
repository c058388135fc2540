import duckdb
import pytest

from bench.big import CASES, ROUND, Setting, orders


@pytest.mark.parametrize(("twins", "keys"), [(0, ROUND), (20, ROUND - ROUND // 20)])
def test_as_many_keys_come_twice_as_a_case_says(tmp_path, twins, keys):
    file = orders(Setting(ROUND, "500MB", tmp_path, 60.0), "parquet", twins)

    [(rows, found)] = duckdb.execute(
        "select count(*), count(distinct order_id) from read_parquet(?)", [str(file)]
    ).fetchall()

    assert (rows, found) == (ROUND, keys)


def test_what_a_case_leaves_out_is_a_whole_number_of_rows():
    shares = [case.leaves_out for case in CASES.values() if case.leaves_out]

    assert all(ROUND % share == 0 for share in shares)
