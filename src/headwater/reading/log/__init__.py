"""Logs: lines that a pattern takes apart."""
