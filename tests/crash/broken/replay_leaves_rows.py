"""A replay adds the rows that it reads, and leaves those that the file gave before."""

from headwater.flow import attempt
from headwater.flow.followed import followed, version_of
from tests.crash.plan import Emphasis

SHOWS = Emphasis(steps=("replay", "work"))


def apply():
    def forgetful(world, members, conversion):
        again = {version_of(each) for each in members}
        found = followed(world, members, conversion)
        return [each for each in found if version_of(each) not in again]

    attempt._replaced = forgetful
