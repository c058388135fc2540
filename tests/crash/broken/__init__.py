"""Deliberately broken variants of the flow: a kit that does not catch them proves nothing."""
