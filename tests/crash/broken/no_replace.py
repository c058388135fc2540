"""Rows of the version before are left in the table."""

from headwater.flow import attempt
from tests.crash.plan import Emphasis

SHOWS = Emphasis(steps=("land", "work"))


def apply():
    attempt._replaced = lambda world, members, conversion: []
