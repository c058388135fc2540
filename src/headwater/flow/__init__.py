"""The story of one file: land, register, batch, work, convert, commit, settle; and its rescue."""
