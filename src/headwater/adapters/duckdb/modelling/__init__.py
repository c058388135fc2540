"""Models: SQL over tables, whose answer becomes a table."""
