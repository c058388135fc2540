"""Conversion and SQL by DuckDB: a child process that converts, and an asker in this one."""
