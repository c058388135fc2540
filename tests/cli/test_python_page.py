import re
from pathlib import Path

import pytest

from headwater.lake import Lake

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "python.md"
_SHOWN = re.compile(r"^(?P<code>[^#\n]+?)  # (?P<said>.+)$")


def blocks():
    text = PAGE.read_text(encoding="utf-8")
    found = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [block for block in found if 'headwater.open("my-lake")\n```' not in block][1:]


@pytest.mark.slow
def test_every_block_runs_and_gives_what_its_comments_say(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    exec("import headwater", names)  # noqa: S102 - the page's own code

    for block in blocks():
        exec(compile(block, str(PAGE), "exec"), names)  # noqa: S102 - the page's own code
        for line in block.splitlines():
            shown = _SHOWN.match(line)
            if shown and line[0].isalpha() and " = " not in line and ".write" not in line:
                said = re.split(r"[:;] ", shown["said"])[0]
                value = eval(shown["code"], names)  # noqa: S307 - the page's own code
                assert spelled(value) == said, line


def spelled(value):
    return repr(str(value)) if isinstance(value, str) else repr(value)


def test_every_verb_of_the_lake_is_on_the_page():
    text = PAGE.read_text(encoding="utf-8")
    verbs = [name for name in vars(Lake) if not name.startswith("_")]

    missing = [name for name in verbs if name not in {"survey", "arrivals"} and name not in text]

    assert missing == []
