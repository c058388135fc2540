"""Notifiers: a program, a file, an address on this machine."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from headwater.adapters.notify import CommandNotifier, FileNotifier, WebhookNotifier
from headwater.errors import NotifyFailed
from headwater.model.notify import Command, File, Notify, Webhook
from tests.contracts.notifier import DOCUMENT, NotifierContract

WRITES = "import sys; open('heard', 'a').write(sys.stdin.read() + '\\n')"


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def command(folder, *words, patience=10.0):
    way = Command((sys.executable, "-c", *words))
    return CommandNotifier(Notify("c", way, patience=timedelta(seconds=patience)), way, folder)


class TestCommandNotifier(NotifierContract):
    @pytest.fixture
    def notifier(self, tmp_path):
        return command(tmp_path, WRITES)

    @pytest.fixture
    def heard(self, tmp_path):
        return lambda: lines(tmp_path / "heard")

    @pytest.fixture
    def deaf(self, tmp_path):
        return command(tmp_path, "raise SystemExit(3)")

    def test_what_a_program_said_of_its_end_is_told(self, tmp_path):
        with pytest.raises(NotifyFailed, match="ended with 1: no route"):
            command(tmp_path, "import sys; sys.exit('no route')").tell(DOCUMENT)

    def test_a_program_that_does_not_end_is_ended(self, tmp_path):
        with pytest.raises(NotifyFailed, match=r"did not end within 0\.2 s"):
            command(tmp_path, "import time; time.sleep(60)", patience=0.2).tell(DOCUMENT)

    def test_a_program_that_is_not_there_is_named(self, tmp_path):
        way = Command(("./nowhere",))
        with pytest.raises(NotifyFailed, match="nowhere cannot be run"):
            CommandNotifier(Notify("c", way), way, tmp_path).tell(DOCUMENT)


class TestFileNotifier(NotifierContract):
    @pytest.fixture
    def notifier(self, tmp_path):
        way = File(tmp_path / "new" / "events.ndjson")
        return FileNotifier(Notify("f", way), way)

    @pytest.fixture
    def heard(self, tmp_path):
        return lambda: lines(tmp_path / "new" / "events.ndjson")

    @pytest.fixture
    def deaf(self, tmp_path):
        way = File(tmp_path)
        return FileNotifier(Notify("f", way), way)


class Ear:
    """A server that hears, and answers as it is told to."""

    def __init__(self, server: HTTPServer) -> None:
        self.url = f"http://127.0.0.1:{server.server_port}/hook/s3cret"
        self.heard: list[dict] = []
        self.headers: list[dict] = []
        self.answers: list[int] = []


@contextmanager
def listening() -> Iterator[Ear]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = ear.answers.pop(0) if ear.answers else 204
            ear.headers.append(dict(self.headers))
            if answer < 300:
                ear.heard.append(json.loads(body))
            self.send_response(answer)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815 - its name for the server

        def log_message(self, *_):
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        ear = Ear(server)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield ear
        finally:
            server.shutdown()
            thread.join()


class TestWebhookNotifier(NotifierContract):
    @pytest.fixture
    def ear(self):
        with listening() as ear:
            yield ear

    @pytest.fixture
    def pauses(self):
        return []

    @pytest.fixture
    def notifier(self, ear, pauses):
        way = Webhook(ear.url, (("Authorization", "Bearer s3cret"),))
        return WebhookNotifier(Notify("w", way), way, pauses.append)

    @pytest.fixture
    def heard(self, ear):
        return lambda: ear.heard

    @pytest.fixture
    def deaf(self, ear, notifier):
        ear.answers = [403]
        return notifier

    def test_headers_go_with_it(self, notifier, ear):
        notifier.tell(DOCUMENT)

        assert ear.headers[0]["Authorization"] == "Bearer s3cret"
        assert ear.headers[0]["Content-Type"] == "application/json"

    def test_what_may_pass_is_tried_again_with_longer_pauses(self, notifier, ear, pauses):
        ear.answers = [503, 429]

        notifier.tell(DOCUMENT)

        assert ear.heard == [DOCUMENT]
        assert pauses == [0.5, 1.0]

    def test_what_does_not_pass_in_three_tries_is_a_failure(self, notifier, ear, pauses):
        ear.answers = [500, 500, 500]

        with pytest.raises(NotifyFailed, match=r"127\.0\.0\.1 answers 500"):
            notifier.tell(DOCUMENT)
        assert len(ear.headers) == 3

    @pytest.mark.parametrize("answer", [302, 400, 404])
    def test_what_will_not_pass_is_not_tried_again(self, notifier, ear, pauses, answer):
        ear.answers = [answer]

        with pytest.raises(NotifyFailed, match=f"answers {answer}"):
            notifier.tell(DOCUMENT)
        assert (len(ear.headers), pauses) == (1, [])

    def test_where_nobody_listens_is_a_failure_that_does_not_repeat_the_address(self, pauses):
        with listening() as ear:
            way = Webhook(ear.url)
        with pytest.raises(NotifyFailed, match="cannot be reached") as failed:
            WebhookNotifier(Notify("w", way), way, pauses.append).tell(DOCUMENT)
        assert "s3cret" not in str(failed.value)
