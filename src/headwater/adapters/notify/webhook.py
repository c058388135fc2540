"""Tells of events by an HTTP POST of JSON."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from headwater.errors import NotifyFailed
from headwater.model.notify import Notify, Webhook

TRIES = 3
_FIRST_PAUSE_SECONDS = 0.5
_FIRST_FAULT_OF_SERVERS = 500
_LATER = frozenset({408, 425, 429})
"""Answers that say: not now."""


class _NoDetours(HTTPRedirectHandler):
    """A POST that is redirected would arrive as a GET, without the event."""

    def redirect_request(self, *_: object) -> None:
        return None


class WebhookNotifier:
    """Posts each event; what may pass is tried three times."""

    def __init__(
        self, notify: Notify, webhook: Webhook, pause: Callable[[float], None] = time.sleep
    ) -> None:
        """Take where to, and how to wait between tries."""
        self.notify = notify
        self._webhook = webhook
        self._pause = pause
        self._opener = build_opener(_NoDetours)
        # The rest of the address may be a secret: no message has it.
        self._where = urlsplit(webhook.url).hostname or "the address"

    def tell(self, document: dict[str, Any]) -> None:
        """Post it; any answer below 300 says that it has arrived."""
        for left in range(TRIES - 1, -1, -1):
            try:
                self._post(json.dumps(document).encode())
            except HTTPError as answer:
                answer.close()
                passing = answer.code >= _FIRST_FAULT_OF_SERVERS or answer.code in _LATER
                if not (left and passing):
                    raise self._failed(f"answers {answer.code}") from None
            except (URLError, OSError, http.client.HTTPException) as cause:
                if not left:
                    reason = getattr(cause, "reason", cause)
                    raise self._failed(f"cannot be reached: {type(reason).__name__}") from None
            else:
                return
            self._pause(_FIRST_PAUSE_SECONDS * 2 ** (TRIES - 1 - left))

    def _post(self, body: bytes) -> None:
        headers = {"Content-Type": "application/json", **dict(self._webhook.headers)}
        request = Request(self._webhook.url, body, headers, method="POST")  # noqa: S310 - http or https, as the configuration requires
        with self._opener.open(request, timeout=self.notify.patience.total_seconds()) as answer:
            answer.read()

    def _failed(self, why: str) -> NotifyFailed:
        hint = "look at the address and its headers in `notify`; it is tried again"
        return NotifyFailed(f"the webhook at {self._where} {why}", hint=hint)
