"""The story of a feed's columns, as files change them in a real lake."""

import json

import pytest
from deltalake import DeltaTable

from headwater.errors import UnknownFeed
from headwater.flow.schema import Origin
from headwater.model.change import ChangeKind
from headwater.model.codec import to_plain
from headwater.wiring import open_lake
from tests.flow import lakes

FEED = """\
  sales:
    format: csv
    on_new_column: {policy}
    schema: {{id: bigint not null, day: date, customer_id: bigint}}
    partition: [month(day)]
"""
FIRST = "id,day,customer_id\n1,2026-01-01,7\n"
RENAMED = "id,day,cust_id\n2,2026-01-02,8\n"
MORE = "id,day,customer_id,region,fax\n3,2026-01-03,9,nord,5\n"


@pytest.fixture
def lake_that(folder):
    """Make a lake whose feed does this with new columns."""
    opened = []

    def make(policy, more=""):
        opened.append(lakes.make(folder, FEED.format(policy=policy) + more))
        return opened[-1]

    yield make
    for lake in opened:
        lake.close()


def waiting_of(lake):
    return {each.column: each.kind for each in lake.schema("sales").waiting}


def test_a_feed_without_a_table_has_what_it_declares_and_no_version(lake_that):
    story = lake_that("add").schema("sales")

    assert (story.version, story.versions, story.waiting) == (None, (), ())
    assert [(each.name, each.there) for each in story.columns] == [
        ("id", False),
        ("day", False),
        ("customer_id", False),
    ]


def test_a_feed_that_is_not_there_is_refused_with_a_near_name(lake_that):
    with pytest.raises(UnknownFeed) as refused:
        lake_that("add").schema("slaes")

    assert "did you mean 'sales'?" in refused.value.hint


def test_columns_say_where_they_come_from(lake_that, incoming):
    lake = lake_that("add")

    lake.ingest("sales", incoming("a.csv", FIRST), incoming("b.csv", MORE))

    assert {each.name: (each.type, each.origin) for each in lake.schema("sales").columns} == {
        "id": ("bigint", Origin.DECLARED),
        "day": ("date", Origin.DECLARED),
        "customer_id": ("bigint", Origin.DECLARED),
        "region": ("text", Origin.INFERRED),
        "fax": ("bigint", Origin.INFERRED),
        "month": ("int", Origin.PARTITION),
        "_arrival": ("text", Origin.PROVENANCE),
    }


def test_the_first_version_is_told_with_the_files_that_made_it(lake_that, incoming):
    lake = lake_that("ignore")

    lake.ingest("sales", incoming("a.csv", FIRST), incoming("b.csv", FIRST + "5,,\n"))

    (version,) = lake.schema("sales").versions
    assert (version.version, version.feed) == (0, "sales")
    assert [each.column for each in version.changes if each.after == "bigint not null"] == ["id"]
    assert {(each.first, each.files) for each in version.changes} == {("sales/a.csv", 2)}


def test_an_added_column_is_told_with_its_version_batch_and_first_file(lake_that, incoming):
    lake = lake_that("add")
    lake.ingest("sales", incoming("a.csv", FIRST))
    ingested = lake.ingest("sales", incoming("b.csv", MORE), incoming("c.csv", MORE + "4,,,,\n"))

    version = lake.schema("sales").versions[-1]

    assert version.manifest == ingested.receipts[0].manifest
    assert version.version == ingested.receipts[0].version - 1
    assert [(each.column, each.before, each.after) for each in version.changes] == [
        ("region", None, "text"),
        ("fax", None, "bigint"),
    ]
    assert {(each.first, each.files) for each in version.changes} == {("sales/b.csv", 2)}


def test_a_widened_column_is_told_with_both_types(folder, incoming):
    feed = "  sales:\n    format: csv\n    on_bad_value: widen\n"
    with lakes.make(folder, feed) as lake:
        lake.ingest("sales", incoming("a.csv", "id,n\n1,2\n"))
        lake.ingest("sales", incoming("b.csv", "id,n\n1,many\n"))

        version = lake.schema("sales").versions[-1]

    (change,) = version.changes
    assert (change.column, change.before, change.after) == ("n", "bigint", "text")
    assert (change.first, change.files) == ("sales/b.csv", 1)


def test_a_change_by_another_tool_is_told_without_a_batch(lake_that, folder, incoming):
    lake = lake_that("ignore")
    lake.ingest("sales", incoming("a.csv", FIRST))
    from deltalake import Field, Schema

    fields = Schema([Field("note", "string")]).fields
    DeltaTable(str(folder / "processed" / "sales")).alter.add_columns(fields)
    lake.ingest("sales", incoming("b.csv", FIRST + "5,,\n"))

    version = lake.schema("sales").versions[-1]

    assert [(each.column, each.first) for each in version.changes] == [("note", None)]
    assert (version.manifest, version.foreign) == (None, True)


@pytest.mark.parametrize(
    ("policy", "kind"),
    [
        ("ignore", ChangeKind.IGNORED),
        ("rescue", ChangeKind.RESCUED),
        ("fail", ChangeKind.REFUSED),
    ],
)
def test_what_the_table_does_not_take_waits_for_a_decision(lake_that, incoming, policy, kind):
    lake = lake_that(policy)
    lake.ingest("sales", incoming("a.csv", FIRST))

    lake.ingest("sales", incoming("b.csv", MORE))

    assert waiting_of(lake) == {"region": kind, "fax": kind}
    (region, _) = lake.schema("sales").waiting
    assert (region.types, region.first, region.files) == (("text",), "sales/b.csv", 1)


@pytest.mark.parametrize("policy", ["add", "ignore", "rescue", "fail"])
def test_a_likely_rename_is_suggested_whatever_becomes_of_new_columns(lake_that, incoming, policy):
    lake = lake_that(policy)
    lake.ingest("sales", incoming("a.csv", FIRST))

    lake.ingest("sales", incoming("b.csv", RENAMED))

    found = {(each.likely.name, each.likely.column) for each in lake.schema("sales").waiting}
    assert found == {("cust_id", "customer_id")}


def test_a_column_that_went_missing_waits_until_files_have_it_again(folder, incoming):
    with lakes.make(folder, "  sales: {format: csv}\n") as lake:
        lake.ingest("sales", incoming("a.csv", "id,region\n1,nord\n"))
        lake.ingest("sales", incoming("b.csv", "id\n2\n"))
        assert waiting_of(lake) == {"region": ChangeKind.MISSING}

        lake.ingest("sales", incoming("c.csv", "id,region\n3,west\n"))

        assert waiting_of(lake) == {}
        (region,) = [each for each in lake.schema("sales").columns if each.name == "region"]
        assert (region.absent, region.absent_first) == (1, "sales/b.csv")


def test_what_is_decided_does_not_wait_and_a_replay_brings_the_refused_files_in(
    lake_that, folder, incoming
):
    lake = lake_that("fail")
    lake.ingest("sales", incoming("a.csv", FIRST))
    lake.ingest("sales", incoming("b.csv", RENAMED), incoming("c.csv", MORE))
    lake.close()
    says = "    rename: {cust_id: customer_id}\n    refuse: [fax]\n"
    lakes.configure(folder, FEED.format(policy="fail") + says)

    with open_lake(folder) as decided:
        assert waiting_of(decided) == {"region": ChangeKind.REFUSED}
        decided.replay(feed="sales")
        decided.work()

        assert decided.query("select id, customer_id from sales order by 1").rows() == [
            (1, 7),
            (2, 8),
        ]
        assert decided.verify().holds


def test_two_feeds_of_one_table_each_have_their_own_decisions(lake_that, incoming):
    lake = lake_that(
        "ignore", FEED.format(policy="ignore").replace("sales:", "web:\n    table: sales")
    )
    lake.ingest("sales", incoming("a.csv", FIRST))

    lake.ingest("web", incoming("b.csv", MORE))

    assert lake.schema("sales").waiting == ()
    assert [each.column for each in lake.schema("web").waiting] == ["region", "fax"]


def test_the_story_is_the_same_after_the_ledger_was_rebuilt(lake_that, incoming):
    lake = lake_that("ignore")
    lake.ingest("sales", incoming("a.csv", FIRST))
    lake.ingest("sales", incoming("b.csv", MORE))
    before = lake.schema("sales")

    lake.rebuild()

    assert lake.schema("sales") == before


def test_the_story_has_a_json_form(lake_that, incoming):
    lake = lake_that("rescue")
    lake.ingest("sales", incoming("a.csv", FIRST))
    lake.ingest("sales", incoming("b.csv", RENAMED))

    document = json.loads(json.dumps(to_plain(lake.schema("sales"))))

    assert document["waiting"][0]["likely"]["column"] == "customer_id"
    assert document["columns"][0]["origin"] == "declared"
