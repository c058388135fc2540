"""A column becomes wider, and nobody asks which parts have come since the others were rewritten."""

from headwater.adapters.delta import entry
from tests.crash.plan import Emphasis

SHOWS = Emphasis(steps=("pause_beside", "pause"))


def apply():
    entry._require_columns = lambda seen, commit: None
