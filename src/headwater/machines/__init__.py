"""State machines: what happens to one manifest on AWS, written in its language for that."""
