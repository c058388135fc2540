"""The careful path: record by record, value by value."""
