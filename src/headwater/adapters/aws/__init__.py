"""What runs on AWS, and on what speaks as AWS does."""
