"""What the user writes: headwater.yaml becomes frozen settings."""
