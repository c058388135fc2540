"""Delimited text: told from its content, checked, and read record by record."""
