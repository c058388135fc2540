"""The models of headwater.yaml: what is read, and every mistake with its line and key."""

import pytest

from headwater.config.load import parse
from headwater.errors import ConfigError
from headwater.model.curated import Mode, When

FEEDS = """\
feeds:
  sales: {}
  customers: {}
"""


def models(text, root=None):
    lines = "".join(f"  {line}\n" for line in text.splitlines())
    return parse(f"{FEEDS}models:\n{lines}", root=root).models


def mistakes(text, root=None):
    with pytest.raises(ConfigError) as refused:
        models(text, root)
    return f"{refused.value.message} | {refused.value.hint}"


def test_a_model_knows_the_tables_that_its_sql_reads():
    (model,) = models(
        "daily:\n  sql: with s as (select * from Sales) select * from s join customers using (id)"
    )

    assert model.reads == ("customers", "sales")
    assert (model.table, model.mode, model.refresh.when) == ("daily", Mode.FULL, When.AFTER)


def test_a_name_of_its_own_with_is_no_table_but_what_it_is_made_of_is():
    (model,) = models("daily:\n  sql: with sales as (select * from sales) select * from sales")

    assert model.reads == ("sales",)


def test_models_stand_behind_those_whose_tables_they_read():
    found = models(
        "third:\n  sql: from second\nsecond:\n  sql: from first\nfirst:\n  sql: from sales"
    )

    assert [model.name for model in found] == ["first", "second", "third"]


def test_the_sql_may_lie_in_a_file_beside_the_configuration(tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "daily.sql").write_text("select * from sales -- all of it\n")

    (model,) = models("daily: {file: models/daily.sql}", tmp_path)

    assert model.reads == ("sales",)


@pytest.mark.parametrize(
    ("refresh", "when"),
    [
        ("after", When.AFTER),
        ("after sales, customers", When.AFTER),
        ("every 1h", When.EVERY),
        ('cron "0 6 * * *"', When.CRON),
        ("cron 0 6 * * *", When.CRON),
        ("manual", When.MANUAL),
    ],
)
def test_every_way_of_refreshing_is_read(refresh, when):
    (model,) = models(f"m:\n  sql: from sales, customers\n  refresh: {refresh}")

    assert model.refresh.when is when


def test_a_circle_of_models_is_named_in_full():
    said = mistakes("a:\n  sql: from b\nb:\n  sql: from c\nc:\n  sql: from a, sales")

    assert "it is made of itself: a reads b reads c reads a" in said
    assert "headwater.yaml:5: models.a" in said


def test_a_model_that_reads_its_own_table_is_a_circle():
    assert "a reads a" in mistakes("a:\n  sql: from a, sales")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("m:\n  sql: selec 1", "yaml:6: models.m.sql: it begins with 'selec', so it is no SELECT"),
        ("m:\n  sql: select a b c from sales", 'it cannot be read at or near "c"'),
        ("m:\n  sql: |\n    select a\n    from sales whre x\n    group a", "at line 2 of the SQL"),
        ("m:\n  sql: select (a from sales", "a ) is missing"),
        ("m:\n  sql: select 'a from sales", "a ' is not closed"),
        ("m:\n  sql: select max(at) as a from sales", "at is a word of SQL, and no column"),
        ("m:\n  sql: drop table sales", "so it is no SELECT"),
        ("m:\n  sql: from sales; from sales", "one SELECT is expected, not 2"),
        ("m:\n  sql: select 1", "it reads no table"),
        ("m:\n  sql: from sale", "no feed and no model writes table sale | did you mean sales?"),
        ("m:\n  sql: from main.sales", "no feed and no model writes table main.sales"),
        ("m:\n  sql: from 'x.csv', sales", "no feed and no model writes table x.csv"),
        ("m: {}", "it has no SQL"),
        ("m:\n  sql: from sales\n  file: m.sql", "both sql and file are given"),
        ("m: {file: none.sql}", "models.m.file: none.sql cannot be read"),
        ("sales:\n  sql: from customers\n  table: s", "a feed is called sales as well"),
        ("m:\n  sql: from sales\n  table: customers", "feed customers writes table customers"),
        (
            "m:\n  sql: from sales\nn:\n  sql: from sales\n  table: m",
            "yaml:9: models.n.table: model m writes table m already",
        ),
        ("m:\n  sql: from sales\n  refresh: after customers", "its SQL does not read customers"),
        ("m:\n  sql: from sales\n  refresh: hourly", "says no time of refreshing"),
        ("m:\n  sql: from sales\n  refresh: cron 0 6 * *", "is no cron line"),
        ("m:\n  sql: from sales\n  refresh: every now", "'now' is not a duration"),
        ("m:\n  sql: from sales\n  partition: [arrival_date]", "have no arrival date"),
        ("m:\n  sql: from sales\n  mode: incremental", "built in pieces by partition"),
        ("m:\n  sql: from sales\n  since: sales", "it goes with mode: incremental"),
        (
            "m:\n  sql: from sales, customers\n  mode: incremental\n  partition: [day]",
            "changes of which one count?",
        ),
        ("m:\n  sql: from sales\n  modus: full", "no such key | did you mean 'mode'?"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_would_be_right(text, said):
    assert said in mistakes(text)


REFUSED = [
    ("select max(day) as day, sum(x) as x from sales", "not told by one row of sales"),
    ("select day, sum(x) over (order by day) as x from sales", "a window goes over several day"),
    ("select day, sum(x) over (partition by 1) as x from sales", "a window goes over several day"),
    ("select day, x from sales limit 3", "it has a LIMIT"),
    ("select day, now() as at from sales", "now is another thing each time"),
    ("select day, current_date as at from sales", "current_date is another thing each time"),
    ("select day, random() as x from sales", "random is another thing each time"),
    ("select distinct on (x) day, x from sales", "it has a DISTINCT ON"),
    ("select a.day from sales a, sales b", "sales is read 2 times"),
    ("select day from sales where x > (select avg(x) from sales)", "sales is read 2 times"),
    ("select day from (select * from sales)", "sales is read inside another SELECT"),
    ("select day, x from sales union all select day, x from sales", "not one plain SELECT"),
    ("select day, sum(x) as x from sales group by rollup (day)", "groups in several ways"),
    ("select day, sum(x) as x from sales group by x", "it does not group by day"),
    ("select x, count(*) as n from sales group by x", "nothing in the SELECT is called day"),
    ("select 1 as day, x from sales", "day is the same for every row"),
    ("select unnest(days) as day from sales", "not told by one row of sales"),
    ("select x as other, other as day from sales using sample 3", "a sample of a table"),
    ("select x as other, other + 1 as day from sales", "which the SELECT names anew"),
    ("select day, any_value(x) as x from sales", "not group by day | "),
]


@pytest.mark.parametrize(("sql", "why"), REFUSED)
def test_sql_that_cannot_be_built_in_pieces_is_refused_with_the_reason(sql, why):
    said = mistakes(f"m:\n  sql: {sql}\n  mode: incremental\n  partition: [day]")

    assert why.partition(" | ")[0] in said or "puts rows of all day together" in said
    assert "mode: full" in said


JOINED = "m:\n  sql: {}\n  mode: incremental\n  since: sales\n  partition: [day]"


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("select day from sales s left join customers c on s.c = c.c", "write s.day"),
        ("select s.day from customers c left join sales s on s.c = c.c", "its LEFT join"),
        ("select s.day from sales s full join customers c on s.c = c.c", "its FULL join"),
        ("select c.day from sales s, customers c", "may be of another table"),
        ("select s.day from sales s natural join customers", "a NATURAL join"),
    ],
)
def test_joins_in_which_a_row_does_not_stand_for_itself_are_refused(sql, why):
    assert why in mistakes(JOINED.format(sql))


@pytest.mark.parametrize(
    ("sql", "expression"),
    [
        ("select day, sum(x) as x from sales group by 1", "day"),
        ("select * from sales", "day"),
        ("select cast(ts as date) as day, count(*) as n from sales group by all",
         "CAST(ts AS DATE)"),
        ("select day, row_number() over (partition by day order by x) as n from sales", "day"),
        ("select day, x from sales where x in (select x from customers)", "day"),
    ],
)  # fmt: skip
def test_the_expression_that_tells_a_row_its_partition_is_found(sql, expression):
    since = "" if "customers" not in sql else "\n  since: sales"
    (model,) = models(f"m:\n  sql: {sql}\n  mode: incremental{since}\n  partition: [day]")

    ((column, told),) = model.since.keys
    assert (column, told.replace('"', "")) == ("day", expression)


def test_another_definition_has_another_digest_and_a_description_does_not():
    def digest(more):
        return models(f"m:\n  sql: from sales\n{more}")[0].definition

    plain = digest("")

    assert digest("  description: all of it\n  compression: snappy\n") == plain
    assert digest("  partition: [day]\n") != plain
