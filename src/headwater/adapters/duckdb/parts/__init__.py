"""Rows as files of a table: written, divided, written anew."""
