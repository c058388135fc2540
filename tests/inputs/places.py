"""Where an input is proved that is no entry here: it takes a lake, a store or another room."""

from __future__ import annotations

ELSEWHERE = {
    "B31": "tests/contracts/engine_parts.py",
    "B88": "tests/flow/test_inputs_of_lakes.py",
    "B90": "tests/flow/test_links.py",
    # What goes from the raw zone was the only copy: a loss is shown as `missing`, never ignored.
    "B91": "tests/flow/test_inputs_of_lakes.py",
    "B92": "tests/adapters/files/test_strange_files.py",
    "B93": "tests/adapters/files/test_strange_files.py",
    "B94": "tests/adapters/files/test_strange_files.py",
    "B95": "tests/reading/test_holes.py",  # and what may not be read: tests/cli/test_misuse.py
    "B96": "tests/flow/test_inputs_of_lakes.py",
    "B97": "tests/flow/test_inputs_of_lakes.py",
}

ABSENT = {
    "B100": "there is no way in for requests yet",
}
"""Inputs that nothing proves yet, and why."""
