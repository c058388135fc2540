output "subnets" {
  description = "The subnets."
  value       = [for subnet in aws_subnet.this : subnet.id]
}

output "groups" {
  description = "The security groups."
  value       = [aws_security_group.this.id]
}
