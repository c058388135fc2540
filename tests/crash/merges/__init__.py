"""The kit over feeds whose rows take the place of others: by key, and by partition."""
