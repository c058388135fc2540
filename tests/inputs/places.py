"""Where an input is proved that is no entry here: it takes a lake, a store or another room."""

from __future__ import annotations

ELSEWHERE = {
    "B31": "tests/contracts/engine_parts.py",
    "B88": "tests/contracts/engine_parts.py",  # a value past 255 bytes refuses its file so far
    "B90": "tests/flow/test_links.py",
    "B91": "tests/flow/test_inputs_of_lakes.py",
    "B92": "tests/adapters/files/test_strange_files.py",
    "B93": "tests/adapters/files/test_strange_files.py",
    "B94": "tests/adapters/files/test_strange_files.py",
    "B95": "tests/cli/test_misuse.py",
    "B97": "tests/flow/test_inputs_of_lakes.py",
}

ABSENT = {
    "B96": "a million small files are a matter of measuring, not of one outcome",
    "B100": "there is no way in for requests yet",
}
"""Inputs that nothing proves yet, and why."""
