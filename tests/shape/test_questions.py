"""The step `sql`: what it may ask, where its rows come from, and how they are counted."""

from __future__ import annotations

import pytest

from headwater.model.steps import Filter, Query
from headwater.shape.expression import Misread
from headwater.shape.questions import read_question
from headwater.shape.steps import MisplacedStep
from tests.shape.taking import take


def test_rows_of_a_select_keep_the_files_they_came_from() -> None:
    told = take([Query("SELECT order_id, upper(name) AS name FROM rows WHERE amount <> 'x'")])

    assert told.columns == ("order_id", "name")
    assert sorted(told.fit, key=str) == [("A", " ANN  LEE SMITH"), ("A", None)]
    assert told.counts == {"aggregated": 2}


def test_groups_are_of_each_file() -> None:
    told = take([Query("SELECT count(*) AS orders FROM rows")])

    assert told.fit == [(2,), (2,)]
    assert told.counts == {"aggregated": 2}


def test_more_rows_than_there_were_are_counted_as_made() -> None:
    told = take([Query("SELECT r.order_id FROM rows r JOIN rows s ON r._arrival = s._arrival")])

    assert len(told.fit) == 8
    assert told.counts == {"exploded": 4}


def test_rows_that_ended_before_it_are_not_asked() -> None:
    told = take([Filter("order_id = 'A'"), Query("SELECT order_id FROM rows")])

    assert told.fit == [("A",), ("A",)]
    assert told.counts == {"filtered": 2}


def test_a_file_of_which_no_row_is_left_is_accounted_for() -> None:
    told = take([Query("SELECT order_id FROM rows WHERE name = 'Bob'")])

    assert told.fit == [("B",)]
    assert told.counts == {"aggregated": 3}


def test_it_may_number_rows_over_a_window() -> None:
    sql = "SELECT order_id, row_number() OVER (ORDER BY order_id) AS n FROM rows"

    assert [row[1] for row in sorted(take([Query(sql)]).fit, key=lambda row: row[1])] == [
        1,
        2,
        3,
        4,
    ]


def test_it_may_look_into_a_table_of_the_lake() -> None:
    sql = "SELECT r.order_id, c.segment FROM rows r JOIN customers c ON c.id = r.order_id"

    assert take([Query(sql)]).fit == [("A", "gold"), ("A", "gold")]


def test_a_query_of_several_parts_says_itself_where_rows_come_from() -> None:
    sql = (
        "WITH firsts AS (SELECT _arrival, min(order_id) AS first FROM rows GROUP BY _arrival) "
        "SELECT _arrival, first FROM firsts"
    )

    assert sorted(take([Query(sql)]).fit) == [("A",), ("A",)]


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("SELECT 1 AS one", "does not look at rows"),
        ("SELECT a FROM rows; SELECT 2", "not one SELECT"),
        ("DELETE FROM rows", "not one SELECT"),
        ("SELECT a FROM rows UNION ALL SELECT b FROM rows", "not one SELECT"),
        ("SELECT a, b + 1 FROM rows", "has no name"),
        ("SELECT * FROM rows, 'secrets.csv'", "is no table"),
        ("SELECT * FROM rows, read_csv('x.csv')", "no function read_csv"),
        ("SELECT getenv('HOME') AS home FROM rows", "no function getenv"),
        ("SELECT random() AS n FROM rows", "another value each time"),
        ("SELECT a FROM rows WHERE day = current_date", "another value each time"),
        ("SELECT a FROM rows LIMIT 3", "come first"),
        ("SELECT a FROM (SELECT a FROM rows)", "which file"),
        ("SELECT a FROM rows WHERE b = $secret", "placeholders"),
        ("SELECT a FROM other.rows", "no table of the lake"),
    ],
)
def test_what_is_no_question_about_the_rows_is_refused_as_it_is_read(sql: str, what: str) -> None:
    with pytest.raises(Misread, match=what):
        read_question(sql)


def test_a_table_that_is_not_there_is_named() -> None:
    with pytest.raises(MisplacedStep, match="there is no table prices"):
        take([Query("SELECT r.order_id FROM rows r JOIN prices p ON p.id = r.order_id")])
