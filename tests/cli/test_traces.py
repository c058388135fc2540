import logging

from headwater.cli.call import Session
from headwater.cli.traces import TraceKeeper


def test_a_mistake_on_the_way_is_one_line_and_a_file(tmp_path, capsys):
    logger = logging.Logger("alone")  # noqa: LOG001 - one that no other test shares
    logger.addHandler(TraceKeeper(Session(tmp_path)))

    try:
        raise ZeroDivisionError("a mistake")  # noqa: TRY301 - a trace to keep
    except ZeroDivisionError:
        logger.exception("manifest %s", "m1")

    (trace,) = tmp_path.glob(".headwater-trace-*.txt")
    assert capsys.readouterr().err == f"warning: manifest m1: a mistake ({trace})\n"
    assert "Traceback" in trace.read_text(encoding="utf-8")


def test_of_many_lines_the_first_is_told_and_the_others_are_kept(tmp_path, capsys):
    logger = logging.Logger("alone")  # noqa: LOG001 - one that no other test shares
    logger.addHandler(TraceKeeper(Session(tmp_path)))

    logger.warning("the child said:\nTraceback (most recent call last):\n  somewhere")

    (trace,) = tmp_path.glob(".headwater-trace-*.txt")
    assert capsys.readouterr().err == f"warning: the child said: ({trace})\n"
    assert "somewhere" in trace.read_text(encoding="utf-8")
