output "workgroups" {
  description = "The name of each workgroup."
  value       = { for group, made in aws_athena_workgroup.this : group => made.name }
}
