"""Which encoding a text has, and how it is made UTF-8."""
