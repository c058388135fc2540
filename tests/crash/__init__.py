"""The crash kit: real processes are killed at named points, and what is left is verified."""
