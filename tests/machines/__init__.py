"""The documents of state machines."""
