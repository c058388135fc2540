"""Rows of the version before are left in the table."""

from headwater.flow import attempt


def apply():
    attempt._replaced = lambda world, members, conversion: []
