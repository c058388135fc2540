"""AWS in the box: a double of its services on loopback, and the pumps between them."""
