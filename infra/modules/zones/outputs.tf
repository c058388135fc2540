output "buckets" {
  description = "The bucket of each zone."
  value       = { for zone, made in module.bucket : zone => made.bucket }
}

output "arns" {
  description = "The ARN of each zone's bucket."
  value       = { for zone, made in module.bucket : zone => made.arn }
}

output "key_arns" {
  description = "The ARN of each zone's key."
  value       = { for zone, made in module.bucket : zone => made.key_arn }
}
