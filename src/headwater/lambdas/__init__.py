"""The face of a lake on AWS: functions that parse an event, make one call, and answer JSON."""
