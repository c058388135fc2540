"""Which columns rows have and of what types: found without loss, and made of raw cells."""
