"""A proxy before the double that carries a write out and drops the answer, or turns it away."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from enum import StrEnum
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem")
_THROTTLED = b'{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"slow"}'


class Fault(StrEnum):
    """What becomes of the write."""

    DROPPED = "dropped"  # carried out; the connection ends
    FAILED = "failed"  # carried out; the answer is 500
    THROTTLED = "throttled"  # not carried out


class Faulty(ThreadingHTTPServer):
    """Counts requests by their names, and spoils the write of one number."""

    daemon_threads = True

    def __init__(self, upstream):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = urlsplit(upstream)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.spare()

    def spare(self):
        """Spoil nothing, and begin to count."""
        self.spoil(0, Fault.DROPPED)

    def spoil(self, number, fault):
        """Spoil the write of this number, from 1."""
        self.requests, self.writes, self.number, self.fault = [], 0, number, fault


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        faulty = self.server
        name = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        faulty.requests.append(name)
        faulty.writes += name in WRITES
        spoilt = name in WRITES and faulty.writes == faulty.number
        if spoilt and faulty.fault is Fault.THROTTLED:
            self.reply(400, _THROTTLED)
            return
        status, answer = self.forward(body)
        if not spoilt:
            self.reply(status, answer)
        elif faulty.fault is Fault.FAILED:
            self.reply(500, b"{}")
        else:
            self.close_connection = True

    def forward(self, body):
        connection = HTTPConnection(self.server.upstream.hostname, self.server.upstream.port)
        connection.request("POST", self.path, body, dict(self.headers))
        response = connection.getresponse()
        answer = response.status, response.read()
        connection.close()
        return answer

    def reply(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Say nothing."""


@contextmanager
def faulty(upstream):
    with Faulty(upstream) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
