"""Tells of events by a topic of SNS."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from headwater.adapters.aws.door import VENDOR, code_of, translate
from headwater.adapters.aws.settings import AwsSettings
from headwater.errors import NotifyFailed, StoreError
from headwater.model.notify import Notify, Topic

_LONGEST_SUBJECT = 100  # as SNS has it: of plain letters, on one line
_LONGEST_BODY = 250_000
_FILTERED = ("kind", "feed", "subject", "was")
_TOLD = ("lake", "since", "at", "id")
_GONE = frozenset({"NotFound", "NotFoundException"})


class SnsNotifier:
    """Publishes each event: a text that a person reads, JSON for programs, attributes to filter by.

    Who subscribes for e-mail or SMS gets the text, everybody else the event as JSON.
    """

    def __init__(self, notify: Notify, topic: Topic, settings: AwsSettings | None = None) -> None:
        """Take which topic, by its ARN or its name."""
        self.notify = notify
        self._topic = topic.name
        self._settings = settings or AwsSettings()
        self._arn: str | None = topic.name if topic.name.startswith("arn:") else None

    @cached_property
    def _sns(self) -> Any:
        return self._settings.client("sns")

    def tell(self, document: dict[str, Any]) -> None:
        """Publish it; SNS has it when this returns, and delivers it to whoever subscribes."""
        said = json.dumps(document)
        bodies = {"default": said, "email": text_of(document), "sms": _subject(document)}
        try:
            self._sns.publish(
                TopicArn=self._arn or self._found(),
                Subject=_subject(document),
                Message=json.dumps(bodies),
                MessageStructure="json",
                MessageAttributes=_attributes(document),
            )
        except VENDOR as error:
            raise self._failed(error) from error
        except StoreError as error:  # nobody knows how to reach it
            raise NotifyFailed(error.message, hint=error.hint) from error

    def _found(self) -> str:
        """The ARN of the topic of that name, as the account has it; NotifyFailed if it has none."""
        for page in self._sns.get_paginator("list_topics").paginate():
            for each in page["Topics"]:
                if each["TopicArn"].rpartition(":")[2] == self._topic:
                    self._arn = str(each["TopicArn"])
                    return self._arn
        raise NotifyFailed(
            f"there is no topic {self._topic} of SNS in this account and region",
            hint="make it, or name its ARN in `notify`; it is tried again",
        )

    def _failed(self, error: Exception) -> NotifyFailed:
        name = self._topic.rpartition(":")[2]
        if code_of(error) in _GONE:
            self._arn = self._arn if self._topic.startswith("arn:") else None
            hint = "make it, or name another in `notify`; it is tried again"
            return NotifyFailed(f"topic {name} of SNS does not exist", hint=hint)
        ours: StoreError = translate(f"topic {name} of SNS", error)
        return NotifyFailed(ours.message, hint=ours.hint)


def text_of(document: dict[str, Any]) -> str:
    """An event as a person reads it: what happened, what to do, and the rest of it."""
    lines = [str(document.get("message", "")), ""]
    if document.get("hint"):
        lines += [f"What to do: {document['hint']}", ""]
    lines += [f"{name}: {document[name]}" for name in _TOLD if document.get(name) is not None]
    return "\n".join(lines)[:_LONGEST_BODY]


def _subject(document: dict[str, Any]) -> str:
    """One line of plain letters, which is all that SNS takes."""
    words = (document.get(name) for name in ("feed", "kind", "subject"))
    line = " ".join(str(word) for word in ("Headwater:", *words) if word)
    plain = line.encode("ascii", "replace").decode()
    return "".join(each if each.isprintable() else " " for each in plain)[:_LONGEST_SUBJECT]


def _attributes(document: dict[str, Any]) -> dict[str, dict[str, str]]:
    told = {name: document.get(name) for name in _FILTERED}
    return {
        name: {"DataType": "String", "StringValue": str(value)}
        for name, value in told.items()
        if value
    }
