"""Athena in the box: questions about tables of the Glue catalog, answered by DuckDB."""
