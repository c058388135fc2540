"""Headwater beside its peers: the same rows, the same machine, one run."""
