output "streams" {
  description = "The name of each stream."
  value       = { for stream, made in aws_kinesis_stream.this : stream => made.name }
}
