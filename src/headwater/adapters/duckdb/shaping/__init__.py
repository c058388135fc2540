"""Typed rows on their way through a feed's checks and steps."""
