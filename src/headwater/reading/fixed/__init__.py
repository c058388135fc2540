"""Fixed-width text."""
