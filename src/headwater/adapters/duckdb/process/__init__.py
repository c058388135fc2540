"""The child process: what it may take, how it is watched, and how it ends."""
