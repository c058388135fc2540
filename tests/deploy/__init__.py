"""What is packed, laid down and looked at on AWS."""
