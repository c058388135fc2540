"""The versions of a log at which columns changed, where the log is strange."""

import pytest
from deltalake import DeltaTable, Field
from deltalake import Schema as DeltaSchema

from headwater.adapters.delta import DeltaTables
from headwater.errors import BrokenInvariant
from headwater.model.types import BIGINT, TEXT, Column, Schema
from headwater.ports.tables import Commit

IDS = Schema((Column("id", BIGINT),))


@pytest.fixture
def tables(tmp_path):
    made = DeltaTables(tmp_path)
    made.ensure("sales", IDS, ())
    return made


@pytest.fixture
def log(tmp_path):
    return tmp_path / "sales" / "_delta_log"


def versions(tables):
    return list(tables.schema_versions("sales"))


def test_columns_that_another_tool_added_are_known_for_its(tables, tmp_path):
    fields = DeltaSchema([Field("note", "string")]).fields
    DeltaTable(tmp_path / "sales").alter.add_columns(fields)

    assert [each.foreign for each in versions(tables)] == [False, True]
    assert versions(tables)[1].schema == IDS.plus((Column("note", TEXT),))


def test_properties_that_another_tool_set_are_no_change_of_columns(tables, tmp_path):
    DeltaTable(tmp_path / "sales").alter.set_table_properties({"delta.appendOnly": "true"})

    assert [each.version for each in versions(tables)] == [0]


def test_a_receipt_that_speaks_of_meta_data_changes_no_column(tables):
    tables.commit(Commit("sales", "m1", "m1-1", (), receipt={"metaData": {"schemaString": "x"}}))

    assert [each.version for each in versions(tables)] == [0]


def test_a_gap_in_the_log_is_named(tables, log):
    tables.commit(Commit("sales", "m1", "m1-1", ()))
    tables.commit(Commit("sales", "m2", "m2-1", ()))
    (log / f"{1:020}.json").unlink()

    with pytest.raises(BrokenInvariant, match=f"{1:020}.json is missing"):
        versions(tables)


@pytest.mark.parametrize("body", ['{"metaData": {', '{"metaData": {}}', '["metaData"]'])
def test_an_entry_that_cannot_be_read_is_named(tables, log, body):
    (log / f"{1:020}.json").write_text(body, encoding="utf-8")

    with pytest.raises(BrokenInvariant, match=f"{1:020}.json cannot be read"):
        versions(tables)
