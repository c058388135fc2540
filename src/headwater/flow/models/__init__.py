"""Models: planned when what they read has changed, built, and told of."""
