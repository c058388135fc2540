"""headwater schema, typed as a person types it."""

import shutil

import pytest

from tests.cli.calling import make_lake, run
from tests.cli.test_completion import completed

CODE_REFUSED, CODE_USAGE = 3, 2


@pytest.fixture(scope="module")
def refusing(tmp_path_factory):
    """A lake whose feed refused two files for their columns, and took one."""
    folder = tmp_path_factory.mktemp("refusing")
    lake = make_lake(folder)
    file = lake / "headwater.yaml"
    file.write_text(
        file.read_text().replace("format: csv", "format: csv\n    on_new_column: fail  # ask me"),
        encoding="utf-8",
    )
    (folder / "a.csv").write_text("id,amount\n1,2.50\n", encoding="utf-8")
    (folder / "b.csv").write_text("id,amt\n2,3.50\n", encoding="utf-8")
    (folder / "c.csv").write_text("id,amount,region,fax\n3,4.50,nord,5\n", encoding="utf-8")
    for name, code in (("a.csv", 0), ("b.csv", CODE_REFUSED), ("c.csv", CODE_REFUSED)):
        assert run("ingest", "sales", folder / name, "-C", lake, cwd=folder).code == code
    return lake


@pytest.fixture
def undecided(refusing, tmp_path):
    """A copy of that lake, to decide in."""
    return shutil.copytree(refusing, tmp_path / "undecided")


def test_the_page_goes_to_stdout_and_how_to_decide_to_stderr(undecided):
    shown = run("schema", "sales", cwd=undecided)

    assert shown.code == 0
    assert "perhaps amount: missing from the same file, and the names are alike" in shown.out
    assert "headwater schema sales --map amt=amount" in shown.out
    assert "--accept COLUMN[=TYPE]" in shown.err


def test_status_says_which_feed_waits_for_a_decision(undecided):
    shown = run("status", cwd=undecided)

    assert "4 columns of sales to decide about" in shown.out
    assert "headwater schema sales" in shown.out
    asked = run("status", "--json", cwd=undecided).document
    assert asked["undecided"] == [{"feed": "sales", "columns": 4}]


def test_status_is_silent_of_columns_once_they_are_decided(undecided):
    words = ("--map", "amt=amount", "--accept", "region", "--refuse", "fax")
    assert run("schema", "sales", *words, cwd=undecided).code == 0

    shown = run("status", cwd=undecided)

    assert "to decide about" not in shown.out
    assert run("status", "--json", cwd=undecided).document["undecided"] == []


def test_json_is_the_whole_story_and_nothing_else(undecided):
    shown = run("schema", "sales", "--json", cwd=undecided)

    assert shown.err == ""
    assert {"feed", "table", "version", "columns", "versions", "waiting"} == set(shown.document)
    assert [each["column"] for each in shown.document["waiting"]] == [
        "amt",
        "amount",
        "region",
        "fax",
    ]


def test_a_feed_without_a_table_says_so_and_ends_with_0(call, lake):
    shown = call("schema", "sales", "-C", lake)

    assert shown.code == 0
    assert "there is no table yet" in shown.out


def test_a_feed_that_is_not_there_ends_with_2_and_a_near_name(undecided):
    refused = run("schema", "slaes", cwd=undecided)

    assert refused.code == CODE_USAGE
    assert "did you mean 'sales'?" in refused.err


def test_decisions_are_written_and_the_refused_files_can_be_replayed(undecided):
    before = (undecided / "headwater.yaml").read_text(encoding="utf-8")
    words = ("--map", "amt=amount", "--accept", "region", "--accept", "fax=text")

    decided = run("schema", "sales", *words, "--refuse", "password", cwd=undecided)

    assert decided.code == 0
    assert "ok declared region  text\n" in decided.out
    assert "ok amt in files is amount\n" in decided.out
    assert "ok files with password are refused\n" in decided.out
    assert "2 files refused for new columns: headwater quarantine replay sales" in decided.err
    assert "not decided yet" not in decided.err
    rest = iter((undecided / "headwater.yaml").read_text(encoding="utf-8"))
    assert all(letter in rest for letter in before)

    assert run("quarantine", "replay", "sales", cwd=undecided).code == 0
    sql = "select id, amount, region, fax from sales order by 1"
    rows = run("query", sql, "--format", "csv", cwd=undecided)
    assert rows.out.splitlines()[1:] == ["1,2.50,,", "2,3.50,,", "3,4.50,nord,5"]
    assert run("schema", "sales", "--json", cwd=undecided).document["waiting"] == []


def test_whoever_ingests_is_told_that_columns_wait(undecided, tmp_path):
    (tmp_path / "d.csv").write_text("id,amount,zone\n4,5.50,x\n", encoding="utf-8")

    ingested = run("ingest", "sales", tmp_path / "d.csv", cwd=undecided)

    assert "new columns: headwater schema sales" in ingested.err


def test_what_is_left_to_decide_before_a_replay_is_named(undecided):
    decided = run("schema", "sales", "--accept", "region", cwd=undecided)

    assert "not decided yet: amt, fax" in decided.err


def test_a_decision_is_one_document_for_a_program(undecided):
    decided = run(
        "schema", "sales", "--accept", "fax=text", "--refuse", "x", "--json", cwd=undecided
    )

    assert decided.document == {
        "feed": "sales",
        "file": "headwater.yaml",
        "accepted": {"fax": "text"},
        "renamed": {},
        "refused": ["x"],
        "replay": 2,
    }


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--accept", "regoin"), "did you mean region?"),
        (("--map", "amt=price"), "has no column price"),
        (("--accept", "id"), "declares id already"),
        (("--map", "amt=amount", "--map", "fax=amount"), "that would be a mistake"),
        (("--accept", "fax", "--refuse", "fax"), "fax is decided twice"),
    ],
)
def test_a_decision_that_cannot_be_leaves_the_file_alone_and_ends_with_2(undecided, words, why):
    before = (undecided / "headwater.yaml").read_bytes()

    refused = run("schema", "sales", *words, cwd=undecided)

    assert refused.code == CODE_USAGE
    assert why in refused.err
    assert (undecided / "headwater.yaml").read_bytes() == before


def test_what_cannot_be_written_is_given_to_be_written_by_hand(undecided):
    file = undecided / "headwater.yaml"
    text = file.read_text(encoding="utf-8").replace("schema:", "schema: &columns")
    file.write_text(f"{text}  other:\n    match: x/**\n    schema: *columns\n", encoding="utf-8")

    refused = run("schema", "sales", "--accept", "region", cwd=undecided)

    assert refused.code == CODE_USAGE
    assert "write it by hand:" in refused.err
    assert "region: text" in refused.err


def test_explain_tells_what_a_file_changed_in_the_columns(undecided):
    told = run("explain", "c.csv", cwd=undecided)

    assert "columns refused: region text, fax bigint" in told.out


def test_what_waits_completes_in_the_shell(undecided):
    assert completed(["schema", "sales", "--accept", "re"], undecided) == ["plain,region"]
    assert completed(["schema", "sales", "--refuse", "f"], undecided) == ["plain,fax"]
    assert completed(["schema", "sales", "--map", "a"], undecided) == ["plain,amt=amount"]
    assert completed(["schema", "nothing", "--accept", "re"], undecided) == [""]
