"""One expression language for how rows are shaped into tables."""
