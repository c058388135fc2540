from pathlib import Path

import pytest

from headwater.lake import Lake
from tests.docs.blocks import blocks, run_python

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "python.md"


@pytest.mark.slow
def test_every_block_runs_and_gives_what_its_comments_say(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    first, *others = [block for block in blocks(PAGE) if block.kind == "python"]
    assert 'headwater.open("my-lake")' in first.text  # which is made further down
    exec("import headwater", names)  # noqa: S102 - the page's own code

    for block in others:
        run_python(block, names)


def test_every_verb_of_the_lake_is_on_the_page():
    text = PAGE.read_text(encoding="utf-8")
    verbs = [name for name in vars(Lake) if not name.startswith("_")]

    missing = [name for name in verbs if name not in {"survey", "arrivals"} and name not in text]

    assert missing == []
