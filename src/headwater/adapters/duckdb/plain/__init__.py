"""Conversion record by record: the whole engine for what the fast path does not take."""
