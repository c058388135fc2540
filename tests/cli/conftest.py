"""What the tests of the command line share: the program, in a folder of its own."""

import subprocess
import sys

import pytest
from calling import Ran, environment


@pytest.fixture
def call(tmp_path):
    """Run the program in a folder of its own."""

    def run(*words, cwd=None, stdin=None, **more):
        ran = subprocess.run(
            [sys.executable, "-m", "headwater", *map(str, words)],
            cwd=cwd or tmp_path,
            env=environment(**more),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Ran(ran)

    return run
