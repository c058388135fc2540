"""The front of the box: its own questions are answered, calls of services passed on, or spoiled."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

from headwater.emulator.control import Control
from headwater.emulator.faults import Faults
from headwater.emulator.meter import Meter, account_of, billed_as
from headwater.emulator.throttled import Refusal, broken, refusal

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Front:
    """The application that stands before all services."""

    def __init__(
        self, services: Application, control: Control, faults: Faults, meter: Meter
    ) -> None:
        """Take what is behind it, who answers for the box, what goes wrong, and who counts."""
        self._services = services
        self._control = control
        self._faults = faults
        self._meter = meter

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        path = str(environ.get("PATH_INFO", ""))
        if path.startswith("/headwater-api/"):
            return self._control(environ, start_response)
        service, operation = call_of(environ)
        self._meter.note(account_of(environ), billed_as(environ, service, operation))
        asked_as = str(environ.get("CONTENT_TYPE", ""))
        if self._faults.throttles(service, operation):
            return _answered(refusal(service, asked_as), start_response)
        if self._faults.fails(service, operation):
            self._carry_out(environ)
            return _answered(broken(service, asked_as), start_response)
        if self._faults.drops(service, operation):
            return self._lose_reply(environ)
        return self._services(environ, start_response)

    def _lose_reply(self, environ: dict[str, Any]) -> Iterable[bytes]:
        """Have the call done, and hang up instead of answering."""
        self._carry_out(environ)
        connection = environ.get("werkzeug.socket")
        if isinstance(connection, socket.socket):
            connection.shutdown(socket.SHUT_RDWR)
        raise ConnectionAbortedError("the reply is lost, as the box was told")

    def _carry_out(self, environ: dict[str, Any]) -> None:
        for _ in self._services(environ, lambda *_: None):
            pass


def _answered(answer: Refusal, start_response: Any) -> Iterable[bytes]:
    start_response(answer.status, answer.headers)
    return [answer.body]


def call_of(environ: dict[str, Any]) -> tuple[str, str]:
    """Which service is called, and what is asked of it; of S3 and Lambda the HTTP method."""
    scope = str(environ.get("HTTP_AUTHORIZATION", "")).partition("Credential=")[2].split(",")[0]
    if not scope:
        query = parse_qs(str(environ.get("QUERY_STRING", "")))
        scope = query.get("X-Amz-Credential", [""])[0]
    pieces = scope.split("/")
    service = pieces[3] if len(pieces) > 3 else "s3"  # noqa: PLR2004 - key/day/region/service
    target = str(environ.get("HTTP_X_AMZ_TARGET", ""))
    path = str(environ.get("PATH_INFO", ""))
    if target:
        operation = target.rpartition(".")[2]
    elif "x-www-form-urlencoded" in str(environ.get("CONTENT_TYPE", "")):
        operation = _action(environ)
    elif "/operation/" in path:
        operation = path.rpartition("/")[2]
    else:
        operation = str(environ.get("REQUEST_METHOD", ""))
    return service, operation


def _action(environ: dict[str, Any]) -> str:
    """The action that a form names; the form can be read again."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return str(parse_qs(body.decode(errors="replace")).get("Action", [""])[0])
