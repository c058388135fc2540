"""Files without a lake: what one is, and what is in it."""
