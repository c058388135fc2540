"""JSON text: one record a line, arrays, and objects in a row."""
