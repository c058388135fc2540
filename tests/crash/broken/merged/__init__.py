"""Broken variants of the flow of feeds whose rows take the place of others."""
