"""A log entry is put under its name whether that is taken or not."""

import shutil

from headwater.adapters.delta.draft import Draft
from headwater.adapters.delta.log import LOG, entry_name
from headwater.points import point
from tests.crash.plan import Emphasis

SHOWS = Emphasis(steps=("pause",))


def apply():
    def publish(self, version):
        made = self.folder / LOG / entry_name(version)
        point("log.before_commit")
        entry = self._table / LOG / made.name
        entry.unlink(missing_ok=True)
        shutil.copyfile(made, entry)
        self.published = version
        return True

    Draft.publish = publish
