"""Values of `notify` as the user writes them, and what they stand for."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from headwater.config.document import EMPTY
from headwater.config.kinds import Kind
from headwater.config.mistakes import Path as Place
from headwater.config.mistakes import Wrong, show
from headwater.config.values import read_matching, read_one_of, read_text
from headwater.model.event import EventKind
from headwater.model.notify import Command, File, Notify, Topic, Webhook

if TYPE_CHECKING:
    from headwater.config.notify_keys import NotifyKeys

_WAYS = ("command", "file", "webhook", "sns")
_TOPIC = re.compile(r"(arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:)?[a-zA-Z0-9_-]{1,256}")
_KINDS = [kind.value for kind in EventKind if kind is not EventKind.RECOVERED]


def read_words(value: object) -> tuple[str, ...]:
    """A program and its words."""
    try:
        listed = value if isinstance(value, list) else shlex.split(read_text(value))
    except ValueError as error:
        raise Wrong(f"{show(value)} is no command: {error}", "write [program, word]") from None
    words = tuple(read_text(each) for each in listed)
    if not words or not words[0]:
        raise Wrong("no program is named", "write [./tell.sh] or ./tell.sh --to data")
    return words


def read_url(value: object) -> str:
    """An address that can be posted to. No message repeats it: it may hold a secret."""
    text = read_text(value)
    try:
        parts = urlsplit(text)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits or not text.isprintable() or " " in text:
        raise Wrong("it is no address of HTTP", "write https://HOST/PATH")
    return text


def read_topic(value: object) -> str:
    """A topic of SNS: its ARN, or its name in the account and region at hand."""
    return read_matching(
        value,
        _TOPIC,
        "no topic of SNS",
        "write its name, or arn:aws:sns:REGION:ACCOUNT:NAME; one that ends in .fifo is none",
    )


def read_headers(value: object) -> dict[str, str]:
    """Header lines."""
    if value is EMPTY or not isinstance(value, Mapping):
        raise Wrong("names with values are expected", "write {Authorization: Bearer ${TOKEN}}")
    lines = {str(name): read_text(each) for name, each in value.items()}
    for name, line in lines.items():
        if not name.isascii() or not name.replace("-", "").isalnum() or not line.isprintable():
            raise Wrong("it is no header line", "write a name of letters and -, and one line")
    return lines


def read_kinds(value: object) -> frozenset[EventKind]:
    """Kinds of events; none named are all."""
    listed = value if isinstance(value, list) else [value]
    kinds = frozenset(read_one_of(each, choices=EventKind) for each in listed)
    if EventKind.RECOVERED in kinds:
        raise Wrong("recovered comes by itself", "name what it recovers from: late, missing, …")
    return kinds or frozenset(EventKind)


def notifier(keys: NotifyKeys, root: Path) -> Notify:
    """What these keys declare."""
    way: Command | File | Webhook | Topic
    if keys.command is not None:
        way, identity = Command(keys.command), shlex.join(keys.command)
    elif keys.webhook is not None:
        way, identity = Webhook(keys.webhook, tuple(keys.headers.items())), keys.webhook
    elif keys.sns is not None:
        way, identity = Topic(keys.sns), keys.sns
    else:
        path = Path(os.path.realpath(root / os.path.expanduser(keys.file or "")))  # noqa: PTH111 - answers where Path's raises: no home
        way, identity = File(path), str(path)
    kind = type(way).__name__.lower()
    # A digest: a name is shown, and an address may hold a secret.
    digest = hashlib.sha256(identity.encode()).hexdigest()[:8]
    return Notify(keys.name or f"{kind}-{digest}", way, keys.on, keys.timeout)


def untellable(notify: Sequence[NotifyKeys]) -> Iterator[tuple[Place, str, str]]:
    """What does not go together: the place, what is wrong, what would be right."""
    names: set[str] = set()
    for at, each in enumerate(notify):
        ways = [way for way in _WAYS if getattr(each, way) is not None]
        if len(ways) != 1:
            what = f"{' and '.join(ways)} are two ways" if ways else "it says no way to tell"
            yield (at,), what, f"write one of {', '.join(_WAYS)}"
        elif each.headers and each.webhook is None:
            yield (at, "headers"), f"a {ways[0]} has no header lines", "leave them out"
        if each.name is not None and each.name in names:
            yield (at, "name"), f"two notifiers are called {each.name}", "name each once"
        names.add(each.name or "")


_HEADERS = {"type": "object", "additionalProperties": {"type": "string"}}
_LISTED = {"type": "array", "items": {"type": "string"}}
_ON = ({"type": "array", "items": {"enum": _KINDS}}, {"enum": _KINDS})

WordsIfAny = Annotated[
    tuple[str, ...] | None,
    Kind(read_words, "command, or list of its words", ({"type": "string"}, _LISTED)),
]
UrlIfAny = Annotated[str | None, Kind(read_url, "address", ({"type": "string"},))]
TopicIfAny = Annotated[str | None, Kind(read_topic, "topic", ({"type": "string"},))]
HeadersIfAny = Annotated[dict[str, str], Kind(read_headers, "mapping of name to text", (_HEADERS,))]
EventKinds = Annotated[frozenset[EventKind], Kind(read_kinds, "kind, or list of kinds", _ON)]
