import io

import pytest
from rich.console import Console

from bench.aims import judge
from bench.record import NoBlock, fill_block, recall, store
from bench.report import markdown, print_report
from bench.results import NOTHING, CaseResult, Outcome, Report, Run, StartUp
from bench.start_up import own_times


def ran(seconds, *, memory=300_000_000, output=100_000_000):
    return Run(seconds, seconds * 2, memory, memory // 2, memory, output, 1)


def report(*outcomes):
    case = CaseResult("csv", "one CSV file into one table", 500_000_000, 1, 5_000_000, outcomes)
    start = StartUp(
        {NOTHING: (0.02, 0.01, 0.03), "headwater --version": (0.1, 0.09, 0.12)},
        {NOTHING: 0.01, "headwater --version": 0.08},
        (("duckdb", 0.05),),
        0.2,
    )
    return Report({"cores": "2"}, {"duckdb": "2.0.0"}, {"size": "500 MB"}, (case,), start)


DUCKDB = Outcome("duckdb", "DuckDB COPY", "csv", (ran(2.0), ran(4.0), ran(3.0)))
HEADWATER = Outcome("headwater", "Headwater", "csv", (ran(2.7, output=52_000_000),))
FAILED = Outcome("spark", "Spark local[2]", "csv", (), "not run: no java")


def test_the_median_of_the_runs_is_what_ratios_are_taken_of():
    [case] = report(DUCKDB, HEADWATER).cases

    assert DUCKDB.median("wall_seconds") == 3.0
    assert case.ratio("headwater", "wall_seconds") == pytest.approx(0.9)


def test_a_scaled_peer_pays_its_start_once():
    peer = Outcome("dlt", "dlt", "csv", (ran(3.0),), scale=8, idle=ran(1.0))

    assert peer.median("wall_seconds") == 1.0 + 8 * 2.0
    assert peer.median("memory_bytes") == 300_000_000


def test_a_missed_aim_says_by_how_much():
    text = markdown(report(DUCKDB, HEADWATER))

    assert "| csv: as fast as DuckDB COPY, everything on | ≥ 1.00x | 1.11x | met |" in text
    assert "| csv: half of DuckDB's bytes | ≤ 0.50x | 0.52x | missed by 4% |" in text


def test_an_aim_without_its_peer_is_not_called_met():
    verdicts = judge(report(DUCKDB, HEADWATER, FAILED))

    [spark] = [verdict for verdict in verdicts if verdict.aim.peer == "spark"]
    assert spark.figure is None
    assert spark.met is None


def test_a_start_is_told_beside_that_of_a_bare_interpreter():
    text = markdown(report(DUCKDB, HEADWATER))

    assert "| headwater --version | 5.00x 100 ms | 90..120 | 8.00x 80 ms |" in text


def test_who_did_not_run_is_shown_with_the_reason():
    text = markdown(report(DUCKDB, HEADWATER, FAILED))

    assert "| Spark local[2] | not run |" in text
    assert "Spark local[2]: not run: no java" in text


def test_terminal_and_page_show_the_same_figures():
    console = Console(file=io.StringIO(), width=140)

    print_report(report(DUCKDB, HEADWATER), console)

    shown = console.file.getvalue()
    for figure in ("0.90x 2.70 s", "2.00..4.00", "0.52x 52.0 MB", "missed by 4%"):
        assert figure in shown
        assert figure in markdown(report(DUCKDB, HEADWATER))


def test_a_stored_report_reads_back_the_same(tmp_path):
    scaled = Outcome("dlt", "dlt", "csv", (ran(3.0),), scale=8, idle=ran(1.0))
    made = report(DUCKDB, HEADWATER, FAILED, scaled)

    assert recall(store(made, tmp_path)) == made


def test_only_the_marked_block_of_a_page_changes(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("above\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nbelow\n")

    fill_block(page, "figures")

    assert page.read_text() == (
        "above\n<!-- bench:begin -->\n\nfigures\n<!-- bench:end -->\nbelow\n"
    )


def test_a_page_without_the_marks_is_left_alone(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("no marks\n")

    with pytest.raises(NoBlock):
        fill_block(page, "figures")

    assert page.read_text() == "no marks\n"


def test_an_import_trace_gives_each_module_its_own_time():
    trace = (
        "import time: self [us] | cumulative | imported package\n"
        "import time:       500 |        500 |   json.decoder\n"
        "import time:      1000 |       1500 | json\n"
        "a warning of someone else\n"
    )

    assert own_times(trace) == {"json.decoder": 0.0005, "json": 0.001}
