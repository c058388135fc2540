"""Processes killed over a lake on S3, SQS and DynamoDB, and what must hold of it."""
