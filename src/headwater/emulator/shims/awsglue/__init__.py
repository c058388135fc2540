"""What Glue gives to its scripts, as far as they need no cluster."""
