"""Pieces of a file that was read carefully: what every reader hands on."""
