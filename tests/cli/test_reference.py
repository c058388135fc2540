from pathlib import Path

from click.testing import CliRunner

from headwater.cli.program import program
from headwater.cli.reference import commands_page, errors_page

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
ANEW = "make it anew: python -m headwater.cli.reference"


def test_the_page_of_commands_is_what_the_program_says():
    assert (REFERENCE / "cli.md").read_text(encoding="utf-8") == commands_page(), ANEW


def test_the_page_of_commands_is_the_same_before_and_after_a_verb_was_called():
    before = commands_page()
    CliRunner().invoke(program, ["tables", "--help"])

    assert commands_page() == before
    assert "| `-h, --help` | Show this message and exit. |" in before


def test_the_page_of_errors_is_what_the_program_says():
    assert (REFERENCE / "errors.md").read_text(encoding="utf-8") == errors_page(), ANEW
