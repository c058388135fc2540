"""The box's own process: it serves on loopback until it is told to end."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
from threading import Thread
from types import FrameType
from typing import Any

from werkzeug.serving import make_server

from headwater.emulator.box import LOOPBACK
from headwater.emulator.clock import Clock
from headwater.emulator.faults import Faults
from headwater.emulator.front import Front
from headwater.emulator.patch import exchange
from headwater.emulator.plan import read_plan
from headwater.emulator.pump import Pump


def main() -> None:
    """Serve, and say on stdout which port it is."""
    port, faults = int(sys.argv[1]), Faults(read_plan(json.loads(sys.argv[2])))
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    try:
        server = make_server(LOOPBACK, port, _nobody, threaded=True)
    except (OSError, SystemExit) as error:
        _say({"error": f"port {port} of {LOOPBACK} cannot be listened on: {error}"})
        return
    os.environ["MOTO_PORT"] = str(server.port)  # the double calls itself through it
    front, pump, close = _assemble(f"http://{LOOPBACK}:{server.port}", faults)
    server.app = front
    _end_when_told()
    pump.start()
    _say({"port": server.port})
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        pump.stop()
        close()
        os._exit(0)  # threads of the double wait for calls that nobody makes any more


def _assemble(url: str, faults: Faults) -> tuple[Front, Pump, Any]:
    """The double with our changes; the clock comes first, as its modules copy what they import."""
    clock = Clock()
    _exchange_clock(clock)
    from headwater.emulator import assembly  # noqa: PLC0415 - imports what copies the clock

    return assembly.assemble(url, clock, faults)


def _exchange_clock(clock: Clock) -> None:
    from moto.core import utils  # noqa: PLC0415 - moto is imported here, and not before

    exchange(utils, "utcnow", lambda _: clock.naive)


def _nobody(_: dict[str, Any], start_response: Any) -> list[bytes]:
    """What stands there until the port is known that the rest has to know."""
    start_response("503 Service Unavailable", [])
    return []


def _say(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


def _end_when_told() -> None:
    """End on a signal, and when whoever started the box is no more."""

    def end(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    Thread(target=_await_end, name="stdin", daemon=True).start()


def _await_end() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
