import io

import pytest

from headwater.cli.pace import Pace, spelled
from headwater.cli.plain import PlainWatching
from headwater.model.progress import WAITING, Progress


def at(done, total=1_000_000, stage="converting"):
    return Progress(stage, "sales", done, total, rows=done // 10)


def test_one_look_says_how_much_but_not_how_fast():
    look = Pace().look(at(250_000), 0.0)

    assert look.share == 0.25
    assert look.bytes_per_second is None
    assert look.seconds_left is None


def test_rate_and_time_left_are_those_of_the_last_seconds():
    pace = Pace()
    for second in range(60):
        pace.look(at(second * 100), float(second))
    for second in range(60, 75):
        look = pace.look(at((second - 59) * 50_000), float(second))

    assert look.bytes_per_second == pytest.approx(50_000, rel=0.05)
    assert look.seconds_left == pytest.approx(5, rel=0.05)


def test_another_stage_starts_anew():
    pace = Pace()
    pace.look(at(0), 0.0)
    pace.look(at(900_000), 1.0)

    look = pace.look(at(10, stage="committing"), 2.0)

    assert look.bytes_per_second is None


def test_without_a_total_nothing_is_said_about_the_end():
    pace = Pace()
    pace.look(at(0, 0), 0.0)

    look = pace.look(at(500, 0), 1.0)

    assert (look.share, look.bytes_per_second, look.seconds_left) == (None, 500.0, None)


def test_every_figure_that_is_known_is_spelled():
    pace = Pace()
    pace.look(at(0), 0.0)
    progress = at(500_000)

    words = list(spelled(progress, pace.look(progress, 1.0)))

    assert words == [
        "converting sales",
        "500 kB of 1.0 MB",
        "50,000 rows",
        "500 kB/s",
        "1.00 s left",
    ]


def test_off_a_terminal_a_line_comes_every_ten_seconds_and_none_before():
    now = [0.0]
    stream = io.StringIO()

    with PlainWatching(stream, clock=lambda: now[0]) as watching:
        for second in range(25):
            now[0] = float(second)
            watching.look(at(second * 10_000))

    lines = stream.getvalue().splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("converting sales, 100 kB of 1.0 MB")


def test_when_everything_is_read_no_time_is_said_to_be_left():
    pace = Pace()
    pace.look(at(0), 0.0)

    look = pace.look(at(1_000_000), 1.0)

    assert (look.share, look.seconds_left) == (1.0, None)


def test_off_a_terminal_a_worker_that_waits_says_nothing():
    now = [0.0]
    stream = io.StringIO()

    with PlainWatching(stream, clock=lambda: now[0]) as watching:
        for second in range(60):
            now[0] = float(second)
            watching.look(WAITING)

    assert stream.getvalue() == ""
