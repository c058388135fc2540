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
