"""Lambda in the box: functions run as real Python, each in a process of its own."""
