"""What tables promise to writers who race, or who sleep and wake late."""

from __future__ import annotations

import pytest

from headwater.model.types import TEXT, Column
from tests.contracts.commits import OK, SALES, commit_of, ids
from tests.contracts.writers import asleep_before_its_commit, race


class RaceContract:
    """Writers in processes of their own."""

    @pytest.mark.slow
    def test_of_eight_attempts_at_one_manifest_one_commits(self, sales, open_tables, put_part):
        commits = [
            commit_of("m1", put_part("sales", f"part-m1-{n}-0.parquet", [1, 2]), attempt=n)
            for n in range(8)
        ]

        outcomes = race(open_tables, commits)

        assert sorted(outcomes) == ["duplicate"] * 7 + ["ok"]
        assert ids(sales) == [1, 2]

    @pytest.mark.slow
    def test_eight_manifests_at_once_all_commit(self, sales, open_tables, put_part):
        commits = [
            commit_of(f"m{n}", put_part("sales", f"part-m{n}-1-0.parquet", [n])) for n in range(8)
        ]

        assert race(open_tables, commits) == ["ok"] * 8

        assert ids(sales) == list(range(8))
        assert [entry.version for entry in sales.log("sales")] == list(range(9))

    @pytest.mark.slow
    def test_of_racing_removals_of_a_part_one_commits_and_appends_do(
        self, sales, open_tables, put_part
    ):
        old = put_part("sales", "part-m0-1-0.parquet", [0])
        sales.commit(commit_of("m0", old))
        commits = [
            commit_of(
                f"m{n}",
                put_part("sales", f"part-m{n}-1-0.parquet", [n]),
                remove=(old.path,) if n <= 4 else (),
            )
            for n in range(1, 9)
        ]

        outcomes = race(open_tables, commits)

        assert sorted(outcomes[:4]) == ["commit_conflict"] * 3 + ["ok"]
        assert outcomes[4:] == ["ok"] * 4
        assert ids(sales) == [outcomes.index("ok") + 1, 5, 6, 7, 8]

    @pytest.mark.slow
    def test_eight_who_make_one_table_of_other_columns_make_one_table(self, tables, open_tables):
        schemas = [SALES.plus((Column(f"c{n}", TEXT), Column("all", TEXT))) for n in range(8)]

        assert race(open_tables, schemas) == ["done"] * 8

        names = tables.snapshot("sales").schema.names()
        assert sorted(names) == sorted([*SALES.names(), "all", *(f"c{n}" for n in range(8))])

    @pytest.mark.slow
    def test_an_attempt_that_is_fenced_while_it_sleeps_is_refused(
        self, sales, open_tables, put_part
    ):
        late = commit_of("m1", put_part("sales", "part-m1-1-0.parquet", [1]))

        with asleep_before_its_commit(open_tables, late) as wake:
            assert sales.fence("sales", ["m1-1"]) == set()

            assert wake() == "fenced"
        assert sales.snapshot("sales").parts == ()

    @pytest.mark.slow
    def test_an_attempt_that_is_overtaken_while_it_sleeps_is_a_duplicate(
        self, sales, open_tables, put_part
    ):
        late = commit_of("m1", put_part("sales", "part-m1-1-0.parquet", [1]))
        quick = commit_of("m1", put_part("sales", "part-m1-2-0.parquet", [1]), attempt=2)

        with asleep_before_its_commit(open_tables, late) as wake:
            assert sales.commit(quick).outcome is OK

            assert wake() == "duplicate"
        assert ids(sales) == [1]
