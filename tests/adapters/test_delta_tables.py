"""DeltaTables keep the tables' contract; other tools read them, and crashes do not harm them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial

import duckdb
import pytest
from deltalake import DeltaTable, QueryBuilder

from headwater.adapters.delta import DeltaTables
from headwater.errors import BrokenInvariant, NoSpace, StoreError, TableError
from headwater.model.part import Part
from headwater.model.types import BIGINT, TEXT, Column, Schema
from headwater.points import ARM
from tests.contracts.commits import OK, SALES, commit_of, ids, laid
from tests.contracts.tables import TablesContract


@pytest.fixture
def root(tmp_path):
    return tmp_path / "processed"


@pytest.fixture
def tables(root):
    return DeltaTables(root)


@pytest.fixture
def open_tables(root):
    return partial(DeltaTables, root)


@pytest.fixture
def put_part(root):
    def put(table, path, ids):
        file = root / table / path
        file.parent.mkdir(parents=True, exist_ok=True)
        duckdb.sql(f"select unnest({ids})::bigint as id, 'a1' as _arrival").write_parquet(str(file))
        return Part(path, len(ids), file.stat().st_size, (), None, "a1", "a1")

    return put


@pytest.fixture
def sales(tables):
    tables.ensure("sales", SALES, ())
    return tables


@pytest.fixture
def log(root):
    return root / "sales" / "_delta_log"


class TestDeltaTables(TablesContract):
    """Every promise of the contract."""


def test_delta_readers_see_the_rows_and_the_partition_values(tables, root):
    tables.ensure("sales", SALES.plus((Column("region", TEXT),)), ("region", "month"))
    duckdb.execute(
        "copy (select 1::bigint as id, 'a1' as _arrival, r as region, 4 as month "
        "from (values ('a b/é=%0'), (null)) t(r)) "
        f"to '{root}/sales' (format parquet, partition_by (region, month), overwrite_or_ignore)"
    )
    files = sorted(file for file in (root / "sales").rglob("*.parquet"))
    folders = [str(file.parent.parent.name) for file in files]
    parts = [
        Part(
            str(file.relative_to(root / "sales")),
            1,
            file.stat().st_size,
            (("region", None if "HIVE" in folder else "a b/é=%0"), ("month", "04")),
        )
        for file, folder in zip(files, folders, strict=True)
    ]

    tables.commit(commit_of("m1", *parts))

    table = DeltaTable(root / "sales")
    rows = QueryBuilder().register("sales", table).execute("select region, month, id from sales")
    seen = {tuple(row.values()) for row in rows.read_all().to_struct_array().to_pylist()}
    assert seen == {("a b/é=%0", 4, 1), (None, 4, 1)}
    assert any("%25" in folder for folder in folders)
    assert ids(tables) == [1, 1]


def test_an_empty_text_as_partition_value_is_refused_since_delta_reads_it_as_null(tables, put_part):
    tables.ensure("sales", SALES.plus((Column("region", TEXT),)), ("region",))
    part = laid(put_part("sales", "region=/p.parquet", [1]), ("region", ""))

    with pytest.raises(TableError, match="empty text"):
        tables.commit(commit_of("m1", part))


def test_first_and_last_arrival_come_back_behind_any_number_of_columns(tables, put_part):
    many = Schema(tuple(Column(f"c{n}", BIGINT) for n in range(100))).plus(SALES.columns)
    tables.ensure("sales", many, ())
    part = put_part("sales", "p.parquet", [1])

    tables.commit(commit_of("m1", part))

    assert tables.snapshot("sales").parts == (part,)


@pytest.mark.slow
def test_checkpoints_change_no_answer_and_every_entry_stays(sales, log):
    for n in range(1, 120):
        sales.commit(commit_of(f"m{n}", receipt={"n": n}))
    sales.fence("sales", ["m7-2"])

    assert json.loads((log / "_last_checkpoint").read_text())["version"] == 100
    assert sales.committed("sales", "m3").receipt == {"n": 3}
    assert sales.committed("sales", "m300") is None
    assert sales.fence("sales", ["m7-2"]) == {"m7-2"}
    assert [entry.version for entry in sales.log("sales")] == list(range(121))


def test_a_commit_of_someone_elses_tool_is_an_entry_without_manifest(sales, root, put_part):
    sales.commit(commit_of("m1", put_part("sales", "a.parquet", [1])))
    sales.commit(commit_of("m2", put_part("sales", "b.parquet", [2])))

    DeltaTable(root / "sales").optimize.compact()

    [entry] = sales.log("sales", since=3)
    assert (entry.manifest, entry.attempt, entry.receipt) == (None, None, None)
    assert set(entry.removed) == {"a.parquet", "b.parquet"}
    assert ids(sales) == [1, 2]


def test_a_gap_in_the_log_is_named(sales, log):
    for n in range(3):
        sales.commit(commit_of(f"m{n}"))
    (log / "00000000000000000002.json").unlink()

    with pytest.raises(BrokenInvariant, match=r"00000000000000000002\.json is missing"):
        list(sales.log("sales"))


@pytest.mark.parametrize("torn", [b"", b"\0" * 100, b'{"commitInfo":{', b"[1]\n", b"\xff\xfe"])
def test_a_torn_entry_is_named(sales, log, torn):
    sales.commit(commit_of("m1"))
    (log / "00000000000000000001.json").write_bytes(torn)

    with pytest.raises(BrokenInvariant, match=r"00000000000000000001\.json cannot be read"):
        list(sales.log("sales"))


def test_a_folder_whose_creation_did_not_end_is_no_table_and_can_become_one(tables, log):
    log.mkdir(parents=True)

    assert tables.names() == []
    assert tables.snapshot("sales") is None
    tables.ensure("sales", SALES, ())
    assert tables.names() == ["sales"]


def test_a_checkpoint_note_that_is_torn_harms_nobody_who_writes(sales, log):
    for n in range(51):
        sales.commit(commit_of(f"m{n}"))
    (log / "_last_checkpoint").write_bytes(b"")

    assert sales.commit(commit_of("m60")).outcome is OK
    assert sales.snapshot("sales").version == 52


def test_a_table_with_rows_deleted_beside_their_parts_is_refused(sales, root):
    DeltaTable(root / "sales").alter.set_table_properties({"delta.enableDeletionVectors": "true"})

    with pytest.raises(TableError, match="deletionVectors"):
        sales.snapshot("sales")


def test_nothing_of_a_draft_is_left(sales, root):
    sales.commit(commit_of("m1"))

    assert list((root / "_drafts").rglob("*")) == [root / "_drafts" / "sales"]
    assert sales.names() == ["sales"]


def test_asking_for_names_and_logs_does_not_import_deltalake(sales, root):
    code = (
        "import sys; from headwater.adapters.delta import DeltaTables\n"
        f"tables = DeltaTables({str(root)!r}); tables.names(); list(tables.log('sales'))\n"
        "assert 'deltalake' not in sys.modules and 'pyarrow' not in sys.modules\n"
        "tables.snapshot('sales'); assert 'pyarrow' not in sys.modules"
    )

    subprocess.run([sys.executable, "-c", code], check=True)


def test_warming_imports_deltalake_in_the_background(root):
    code = (
        "import sys, threading; from headwater.adapters.delta import DeltaTables\n"
        f"DeltaTables({str(root)!r}).warm()\n"
        "[t.join() for t in threading.enumerate() if t.name == 'warm-deltalake']\n"
        "assert 'deltalake' in sys.modules"
    )

    subprocess.run([sys.executable, "-c", code], check=True)


CRASHES = {  # point: whether the commit is in the log when a process dies there
    "log.read": False,
    "log.validated": False,
    "log.before_commit": False,
    "log.committed_unsynced": True,
    "log.synced": True,
    "ckpt.before": True,
    "ckpt.after": True,
}


@pytest.mark.slow
@pytest.mark.parametrize("point", CRASHES)
def test_a_commit_killed_anywhere_is_in_whole_or_not_at_all(sales, root, put_part, point):
    for n in range(49):
        sales.commit(commit_of(f"m{n}"))
    part = put_part("sales", "part-m60-1-0.parquet", [1])
    code = (
        "from headwater.adapters.delta import DeltaTables\n"
        "from headwater.model.part import Part\n"
        "from headwater.ports.tables import Commit\n"
        f"DeltaTables({str(root)!r}).commit(Commit('sales', 'm60', 'm60-1', ({part!r},)))"
    )

    died = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {ARM: f"{point}:1"}, check=False
    )

    assert died.returncode == -9
    assert (sales.committed("sales", "m60") is not None) is CRASHES[point]
    outcome = sales.commit(commit_of("m60", part, attempt=2)).outcome
    assert outcome.value == ("duplicate" if CRASHES[point] else "ok")
    assert ids(sales) == [1]
    assert sales.snapshot("sales").version == 50
    sales.fence("sales", ["m60-9"])
    assert list((root / "_drafts" / "sales").iterdir()) == []


@pytest.mark.slow
def test_readers_never_see_half_of_what_writers_do(sales, open_tables, put_part):
    import threading

    from tests.contracts.writers import race

    old = put_part("sales", "part-m-1-0.parquet", [0])
    sales.commit(commit_of("m", old))
    over, seen = threading.Event(), []

    def read():
        while not over.is_set():
            seen.append(len(sales.snapshot("sales").parts))

    reader = threading.Thread(target=read)
    reader.start()
    commits = [
        commit_of(f"m{n}", *(put_part("sales", f"part-m{n}-1-{k}.parquet", [n]) for k in (0, 1)))
        for n in range(6)
    ]
    outcomes = race(open_tables, commits)
    over.set()
    reader.join()

    assert outcomes == ["ok"] * 6
    assert {count % 2 for count in seen} == {1}


@pytest.mark.parametrize(
    ("error", "ours"),
    [
        (OSError(28, "No space left on device"), NoSpace),
        (OSError(122, "Disk quota exceeded"), NoSpace),
        (OSError(13, "Permission denied"), StoreError),
        (OSError(5, "Input/output error"), StoreError),
        (Exception('Os { code: 28, kind: StorageFull, message: "No space left" }'), NoSpace),
        (Exception("Unable to open: Permission denied (os error 13)"), StoreError),
        (OSError("Generic error\n  \x1b[31m↳\x1b[0m No space (os error 28)\n"), NoSpace),
        (Exception("Kernel error"), TableError),
    ],
)
def test_every_vendor_error_has_one_of_ours(error, ours):
    from headwater.adapters.delta.door import translate

    translated = translate("sales", error)

    assert type(translated) is ours
    assert translated.message.isprintable()


def test_a_link_that_landed_though_the_call_failed_is_recognised(sales, root):
    from headwater.adapters.delta.draft import draft
    from headwater.adapters.delta.entry import fence_entry
    from headwater.adapters.delta.handle import Handle

    with draft(root / "sales") as ours, draft(root / "sales") as theirs:
        for copy, name in ((ours, "m1"), (theirs, "m2")):
            Handle(copy.folder).append(fence_entry([name]))

        assert ours.publish(1)
        assert ours.publish(1)
        assert not theirs.publish(1)

    assert sales.fence("sales", ["m1", "m2"]) == {"m1"}
