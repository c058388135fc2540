"""The program, called as a process of its own."""

import json
import os

FORGOTTEN = {"HEADWATER_LAKE", "NO_COLOR", "FORCE_COLOR", "PYTHONPATH"}


class Ran:
    """What a call came to."""

    def __init__(self, ran):
        self.code = ran.returncode
        self.out = ran.stdout
        self.err = ran.stderr

    @property
    def document(self):
        return json.loads(self.out)


def environment(**more):
    kept = {name: value for name, value in os.environ.items() if name not in FORGOTTEN}
    return {**kept, **more}
