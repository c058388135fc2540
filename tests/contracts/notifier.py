"""What every notifier promises. Enrol with these fixtures.

`notifier` tells; `heard` answers what arrived, as documents in order; `deaf` makes a notifier
that cannot tell, and whose configuration holds the word `s3cret`.
"""

from __future__ import annotations

import pytest

from headwater.errors import NotifyFailed

DOCUMENT = {"id": 7, "feed": "sales", "kind": "late", "message": "größer\nals"}


class NotifierContract:
    """Everything of ports/notifier.py."""

    def test_what_is_told_arrives_as_it_is(self, notifier, heard):
        notifier.tell(DOCUMENT)

        assert heard() == [DOCUMENT]

    def test_each_event_arrives_by_itself_in_order(self, notifier, heard):
        notifier.tell(DOCUMENT)
        notifier.tell({**DOCUMENT, "id": 8})

        assert [each["id"] for each in heard()] == [7, 8]

    def test_one_that_cannot_tell_says_so_with_a_hint_and_without_a_secret(self, deaf):
        with pytest.raises(NotifyFailed) as failed:
            deaf.tell(DOCUMENT)

        assert failed.value.hint
        assert "s3cret" not in f"{failed.value} {failed.value.hint} {deaf.notify}"
