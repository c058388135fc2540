output "endpoint" {
  description = "Where partners send files to."
  value       = aws_transfer_server.this.endpoint
}
