"""A way to the double that loses requests, replies and ends of bodies when it is told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import urlsplit

BEFORE, AFTER, SHORT, SLOW_DOWN = "before", "after", "short", "slow down"
_OURS = frozenset({"connection", "transfer-encoding", "content-length"})
Fault = Callable[[str, str], str | None]  # of a method and path: what goes wrong, if anything


def first(count: int, method: str, fault: str, holding: str = "") -> Fault:
    """The first so many requests of a method fail in one way."""
    left = [count]

    def choose(asked: str, path: str) -> str | None:
        if asked != method or holding not in path or not left[0]:
            return None
        left[0] -= 1
        return fault

    return choose


@contextmanager
def faulty(url: str, fault: Fault) -> Iterator[str]:  # noqa: C901 - one class, made for its URL
    """The URL of a way to that URL, with faults; behind the end nothing goes through."""
    there, over = urlsplit(url).netloc, Event()

    class Way(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            body = self._body()
            wrong = BEFORE if over.is_set() else fault(self.command, self.path)
            if wrong == BEFORE:
                self.close_connection = True
                return
            if wrong == SLOW_DOWN:
                self._answer(503, [], b"<Error><Code>SlowDown</Code></Error>")
                return
            connection = HTTPConnection(there, timeout=30)
            connection.request(self.command, self.path, body, dict(self.headers))
            reply = connection.getresponse()
            content = reply.read()
            connection.close()
            if wrong == AFTER:
                self.close_connection = True
                return
            self._hand_on(reply, content[:-1] if wrong == SHORT else content)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _pass_on  # noqa: N815 - the server's names

        def _body(self) -> bytes:
            if "100-continue" in self.headers.get("Expect", ""):
                self.send_response_only(100)
                self.end_headers()
                del self.headers["Expect"]
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        def _hand_on(self, reply: HTTPResponse, content: bytes) -> None:
            kept = [(k, v) for k, v in reply.getheaders() if k.lower() not in _OURS]
            if self.command == "HEAD":
                kept.append(("Content-Length", reply.getheader("Content-Length", "0")))
            self._answer(reply.status, kept, content)

        def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            if self.command != "HEAD":
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Way)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()
