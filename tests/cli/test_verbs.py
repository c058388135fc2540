import csv
import io
import json

import pytest

from tests.cli.calling import write_csv


def test_init_writes_three_files_and_never_overwrites(call, tmp_path):
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / ".gitignore").write_text("mine\n", encoding="utf-8")

    first = call("init", "lake", "--json")
    text = (tmp_path / "lake" / "headwater.yaml").read_text(encoding="utf-8")
    second = call("init", "lake")

    assert first.code == 0
    assert len(first.document["written"]) == 2
    assert (tmp_path / "lake" / ".gitignore").read_text(encoding="utf-8") == "mine\n"
    assert json.loads((tmp_path / "lake" / "headwater.schema.json").read_text(encoding="utf-8"))
    assert second.code == 2
    assert (tmp_path / "lake" / "headwater.yaml").read_text(encoding="utf-8") == text


def test_ingest_prints_receipts_on_stdout_and_talk_on_stderr(call, lake, tmp_path):
    write_csv(tmp_path / "a.csv", 1_000)

    ran = call("ingest", "sales", "a.csv", "-C", lake)

    assert ran.code == 0, ran.err
    assert "1,000  =    1,000  +            0" in ran.out
    assert "next: " in ran.err
    assert "next: " not in ran.out


def test_ingest_ends_with_3_where_a_row_was_refused(call, lake, tmp_path):
    write_csv(tmp_path / "a.csv", 990, bad=10)

    ran = call("ingest", "sales", "a.csv", "-C", lake, "--json")

    (receipt,) = ran.document["receipts"]
    assert ran.code == 3
    assert ran.document["refused_anything"] is True
    assert receipt["books"]["counted"] == 1_000
    assert receipt["books"]["written"] == 990
    assert receipt["books"]["quarantined"] == 10


def test_ingest_goes_on_with_the_neighbours_of_a_file_that_is_not_there(call, lake, tmp_path):
    write_csv(tmp_path / "a.csv", 10)

    ran = call("ingest", "sales", "a.csv", "nowhere.csv", "-C", lake, "--json")

    assert ran.code == 3
    assert [each["outcome"] for each in ran.document["landings"]] == ["landed", "refused"]
    assert ran.document["landings"][1]["error"]["code"] == "source_missing"
    assert "nowhere.csv" in ran.err


def test_the_same_bytes_again_are_said_to_be_here_already(call, lake, tmp_path):
    write_csv(tmp_path / "a.csv", 10)
    call("ingest", "sales", "a.csv", "-C", lake)

    ran = call("ingest", "sales", "a.csv", "-C", lake)

    assert ran.code == 0
    assert "here already" in ran.out
    assert "=" not in ran.out


def test_landed_files_are_converted_by_work(call, lake, tmp_path):
    write_csv(tmp_path / "a.csv", 10)

    landed = call("land", "sales", "a.csv", "--under", "today", "-C", lake, "--json")
    worked = call("work", "--until-idle", "-C", lake, "--json")

    assert landed.code == 0
    assert landed.document["landings"][0]["arrival"]["key"] == "sales/today/a.csv"
    assert worked.code == 0
    assert worked.document["receipts"][0]["books"]["written"] == 10


def test_work_without_work_says_so(call, lake):
    ran = call("work", "--until-idle", "-C", lake)

    assert ran.code == 0
    assert "nothing was to do" in ran.out


def test_land_with_move_takes_the_file_away(call, lake, tmp_path):
    file = write_csv(tmp_path / "a.csv", 10)

    assert call("land", "sales", file, "--move", "-C", lake).code == 0

    assert not file.exists()


@pytest.mark.slow
def test_workers_share_the_work_and_each_file_is_converted_once(call, lake, tmp_path):
    files = [write_csv(tmp_path / f"{number}.csv", 10) for number in range(6)]
    call("land", "sales", *files, "-C", lake)

    ran = call("work", "--until-idle", "--workers", 2, "-C", lake, "--json")

    counted = sum(receipt["books"]["written"] for receipt in ran.document["receipts"])
    assert ran.code == 0, ran.err
    assert counted == 60


def test_status_is_one_document_with_feeds_queue_and_tables(look):
    document = look("status", "--json").document

    assert document["feeds"][0]["feed"] == "sales"
    assert document["feeds"][0]["arrivals"] == {"completed": 2, "quarantined": 1}
    assert document["tables"][0]["rows"] == 1_990


def test_status_names_what_needs_a_person(look):
    ran = look("status")

    assert ran.code == 0
    assert "headwater quarantine show sales" in ran.out


def test_explain_finds_a_file_by_path_key_and_arrival(look):
    by_key = look("explain", "sales/bad.csv", "--json").document["stories"]
    arrival = by_key[0]["chapters"][0]["arrival"]["id"]

    assert look("explain", "../bad.csv", "--json").document["stories"] == by_key
    assert look("explain", arrival, "--json").document["stories"] == by_key
    assert "read 1,000 = written 990 + quarantined 10" in look("explain", "bad.csv").out


def test_query_writes_rows_in_every_format(look, tmp_path):
    sql = "select id, amount from sales where id < 2 order by id, amount limit 2"

    table = look("query", sql)
    rows = list(csv.reader(io.StringIO(look("query", sql, "--format", "csv").out)))
    document = look("query", sql, "--json").document
    look("query", sql, "-o", tmp_path / "x.parquet")

    assert table.out.splitlines()[0].split() == ["id", "amount"]
    assert table.out.splitlines()[1].split()[0] == "bigint"
    assert "2 rows" in table.err
    assert rows[0] == ["id", "amount"]
    assert len(rows) == 3
    assert [row["id"] for row in document] == [0, 0]
    assert (tmp_path / "x.parquet").read_bytes()[:4] == b"PAR1"


def test_query_reads_sql_from_stdin_and_heeds_the_limit(look):
    ran = look("query", "-", "--limit", 3, "--json", stdin="select * from sales;\n")

    assert len(ran.document) == 3


def test_query_says_on_stderr_how_many_rows_it_left_out(look):
    ran = look("query", "select * from sales", "--limit", 10)

    assert "1,980 more rows" in ran.err
    assert len(ran.out.splitlines()) == 13


def test_tables_lists_them_and_shows_the_columns_of_one(look):
    assert look("tables", "--json").document["tables"][0]["table"] == "sales"
    assert "bigint" in look("tables", "sales").out


def test_quarantine_lists_files_and_shows_rows(look):
    files = look("quarantine", "--json").document["files"]
    shown = look("quarantine", "show", "sales", "--limit", 4, "--json").document

    assert look("quarantine", "list", "sales", "--json").document["files"] == files
    assert sorted(file["arrival"]["key"] for file in files) == ["sales/bad.csv", "sales/empty.csv"]
    assert len(shown["rows"]) == 4
    assert shown["more"] is True
    assert shown["rows"][0]["raw"] == "nonsense,1.00"


def test_one_files_refused_rows_are_shown_by_its_arrival(look):
    rows = look("quarantine", "show", "--file", "sales/bad.csv", "--json").document["rows"]

    assert len(rows) == 10


def test_replay_after_a_fix_brings_rows_back_and_doubles_none(call, lake, tmp_path):
    write_csv(tmp_path / "a.csv", 90, bad=10)
    call("ingest", "sales", "a.csv", "-C", lake)
    configuration = lake / "headwater.yaml"
    fixed = configuration.read_text(encoding="utf-8").replace("id: bigint", "id: text")
    configuration.write_text(fixed.replace("match:", "table: again\n    match:"), "utf-8")

    ran = call("quarantine", "replay", "sales", "-C", lake, "--json")

    assert ran.code == 0, ran.out + ran.err
    assert len(ran.document["replayed"]) == 1
    assert ran.document["receipts"][0]["books"]["written"] == 100


def test_replay_without_work_only_registers(call, lake, tmp_path):
    write_csv(tmp_path / "a.csv", 9, bad=1)
    call("ingest", "sales", "a.csv", "-C", lake)

    ran = call("quarantine", "replay", "--no-work", "-C", lake, "--json")

    assert ran.code == 0
    assert ran.document["replayed"][0]["state"] == "pending"


def test_reconcile_finds_a_file_that_was_dropped_by_hand(call, lake):
    (lake / "raw" / "sales").mkdir(parents=True)
    write_csv(lake / "raw" / "sales" / "dropped.csv", 5)

    ran = call("reconcile", "-C", lake, "--json")

    assert ran.code == 0
    assert ran.document["registered"][0]["arrival"]["key"] == "sales/dropped.csv"


def test_sweep_and_verify_answer_and_find_nothing(look):
    swept = look("sweep", "--older-than", "7d", "--json")
    verified = look("verify", "--json")

    assert swept.document["parts"] == 0
    assert verified.code == 0, verified.out
    assert verified.document["holds"] is True
    assert verified.document["rows"] == 1_990


def test_verify_ends_with_1_where_something_does_not_hold(call, lake, tmp_path):
    write_csv(tmp_path / "a.csv", 10)
    call("ingest", "sales", "a.csv", "-C", lake)
    (lake / "raw" / "sales" / "a.csv").write_text("other bytes\n", encoding="utf-8")

    ran = call("verify", "-C", lake)

    assert ran.code == 1
    assert "raw intact" in ran.out


def test_verify_rebuild_makes_the_ledger_anew(call, lake, tmp_path):
    write_csv(tmp_path / "a.csv", 10)
    call("ingest", "sales", "a.csv", "-C", lake)

    ran = call("verify", "--rebuild", "-C", lake, "--json")

    assert ran.code == 0, ran.out
    assert ran.document["rebuilt"]["arrivals"] == 1
    assert ran.document["holds"] is True


def test_doctor_looks_at_machine_and_lake(look):
    ran = look("doctor", "--json")

    names = {check["name"] for check in ran.document["checks"]}
    assert ran.code == 0, ran.out
    assert {"duckdb", "deltalake", "sqlite", "disk space", "fsync", "clock", "ledger"} <= names


def test_doctor_ends_with_1_where_the_configuration_does_not_parse(call, lake):
    (lake / "headwater.yaml").write_text("feeds: [", encoding="utf-8")

    ran = call("doctor", "-C", lake)

    assert ran.code == 1
    assert "X   configuration" in ran.out


def test_doctor_shows_each_mistake_of_the_configuration_with_its_hint_below(call, lake):
    (lake / "headwater.yaml").write_text(
        "feeds:\n  sales:\n    checks:\n      - in_set: {}\n      - expression: {}\n"
    )

    ran = call("doctor", "-C", lake, COLUMNS="80")

    lines = ran.out.splitlines()
    first = next(at for at, text in enumerate(lines) if "no rule 'in_set'" in text)
    assert "no rule 'expression'" in lines[first + 1]
    assert "line 4: the rules are exists" in lines[first + 2]
    assert "\\n" not in ran.out


def test_doctor_tells_of_secrets_and_files_that_steps_need(call, lake):
    steps = (
        "[protect: {columns: mail, by: hash, secret: SALT}, "
        "join: {file: rates.csv, on: day, take: [rate]}]"
    )
    (lake / "headwater.yaml").write_text(f"feeds: {{sales: {{steps: {steps}}}}}", encoding="utf-8")

    lacking = call("doctor", "--json", "-C", lake).document["checks"]
    (lake / "rates.csv").write_text("day,rate\n")
    nothing = call("doctor", "--json", "-C", lake, SALT="x").document["checks"]

    found = [(each["found"], each["hint"]) for each in lacking if each["name"] == "steps"]
    assert found == [
        ("sales: the secret SALT is not set", "set the environment variable SALT"),
        ("sales: rates.csv is not there", f"put it at {lake / 'rates.csv'}"),
    ]
    assert not any(each["name"] == "steps" for each in nothing)


@pytest.mark.parametrize(
    "words",
    [["status"], ["explain", "bad.csv"], ["quarantine"], ["query", "from sales"], ["doctor"]],
)
def test_in_a_pipe_there_are_no_escape_codes_and_only_ascii_of_our_own(look, words):
    ran = look(*words, TERM="xterm-256color", FORCE_COLOR="1", LANG="C.UTF-8")

    assert "\x1b" not in ran.out + ran.err
    assert ran.out.isascii()


def test_the_lake_is_named_before_or_behind_the_verb_or_by_the_environment(call, full):
    expected = call("tables", "--json", "-C", full).document

    assert call("-C", full, "--json", "tables").document == expected
    assert call("tables", "--json", HEADWATER_LAKE=str(full)).document == expected
    assert call("tables", "--json", "-C", full / "headwater.yaml").document == expected


def test_verbs_and_feeds_complete_in_the_shell(call, full):
    verbs = call(_HEADWATER_COMPLETE="bash_complete", COMP_WORDS="headwater ver", COMP_CWORD="1")
    feeds = call(
        cwd=full,
        _HEADWATER_COMPLETE="bash_complete",
        COMP_WORDS="headwater land sa",
        COMP_CWORD="2",
    )

    assert "plain,verify" in verbs.out
    assert "plain,sales" in feeds.out
