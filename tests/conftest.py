"""What holds for every test."""

from __future__ import annotations

import signal

# Whoever runs the tests in the background of a shell, or under nohup, has them ignore these
# signals, and so has every process that they start; but what signals do is tested, too.
for _number, _handler in (
    (signal.SIGINT, signal.default_int_handler),
    (signal.SIGHUP, signal.SIG_DFL),
    (signal.SIGQUIT, signal.SIG_DFL),
):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, _handler)
