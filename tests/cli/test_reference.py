from pathlib import Path

from headwater.cli.reference import commands_page, errors_page

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
ANEW = "make it anew: python -m headwater.cli.reference"


def test_the_page_of_commands_is_what_the_program_says():
    assert (REFERENCE / "cli.md").read_text(encoding="utf-8") == commands_page(), ANEW


def test_the_page_of_errors_is_what_the_program_says():
    assert (REFERENCE / "errors.md").read_text(encoding="utf-8") == errors_page(), ANEW
