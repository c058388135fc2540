"""Looks at single files, without a table."""
