"""The double's own process: moto's server, where its queues are not as SQS says that it is.

SQS forgets a message's handle when it is received again, and moto keeps every one. moto gives
a message to two that ask at the same moment. And its queues live by a clock that tests can
move on: by the seconds in the file that the first argument names.
"""

from __future__ import annotations

import sys
import time
from functools import wraps
from pathlib import Path
from threading import RLock

from moto.server import main
from moto.sqs import models

from tests.aws import steady

later = Path(sys.argv[1])
lock = RLock()


def seconds() -> float:
    return time.time() + float(later.read_text() or 0)


def one_at_a_time(call):
    @wraps(call)
    def locked(*words, **named):
        with lock:
            return call(*words, **named)

    return locked


models.unix_time = seconds  # type: ignore[attr-defined]
models.unix_time_millis = lambda: seconds() * 1000  # type: ignore[attr-defined]
models.Message.had_receipt_handle = (  # type: ignore[method-assign]
    lambda self, handle: bool(handle) and self.receipt_handle == handle
)

for name in ("send_message", "receive_message", "delete_message"):
    setattr(models.SQSBackend, name, one_at_a_time(getattr(models.SQSBackend, name)))

steady.mend()
main(sys.argv[2:])
