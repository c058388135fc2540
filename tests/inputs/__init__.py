"""Inputs as they come, each made by a generator, and what becomes of them."""
