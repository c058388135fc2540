"""What a person sees of a lake's values: pages of lines and sheets, for screens and notebooks."""
