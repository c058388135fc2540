"""What of a lake is Amazon's: buckets and queues."""
