"""Every key below `notify`: its kind, default, meaning and an example."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from headwater.config import kinds
from headwater.config.keyed import Keys, key
from headwater.config.notifying import EventKinds, HeadersIfAny, TopicIfAny, UrlIfAny, WordsIfAny


class NotifyKeys(Keys):
    """One who is told: by a command, a file, a webhook, or a topic of SNS."""

    command: WordsIfAny = key(
        None,
        "A program that is run for each event, with JSON on its stdin, in the folder of "
        "`headwater.yaml` and without a shell.",
        ["./tell.sh", "--to", "data"],
    )
    file: kinds.LocationIfAny = key(
        None, "A file to which a line of JSON is added for each event.", "./events.ndjson"
    )
    webhook: UrlIfAny = key(
        None, "An address to which JSON is posted for each event.", "https://example.org/hook"
    )
    headers: HeadersIfAny = key(
        {}, "Header lines of the webhook.", {"Authorization": "Bearer ${HOOK_TOKEN}"}
    )
    sns: TopicIfAny = key(
        None,
        "A topic of SNS, by its ARN or its name, to which each event is published: a text for "
        "e-mail, JSON for programs, and feed, kind, subject as attributes to filter by.",
        "headwater-events",
    )
    on: EventKinds = key(
        [],
        "Of what it is told: late, missing, partial, differs, volume, failed, halted, "
        "quarantined. Without it, of everything.",
        ["late", "missing", "halted"],
    )
    timeout: Annotated[timedelta, kinds.duration(timedelta(seconds=1))] = key(
        "10s", "How long one try may take.", "30s"
    )
    name: kinds.NameIfAny = key(
        None,
        "By which the ledger knows what it was told. Without it, that goes by the command, "
        "file, address or topic, and one that changes is another.",
        "on_call",
    )
