"""Modules that AWS gives to scripts, under the names that scripts import them by."""
