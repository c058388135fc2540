"""Infrastructure as code: what Terraform says of it, and what a double of AWS makes of it."""
