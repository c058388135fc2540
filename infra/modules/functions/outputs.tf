output "arns" {
  description = "The ARN of each function."
  value       = { for function, made in aws_lambda_function.this : function => made.arn }
}

output "names" {
  description = "The name of each function."
  value       = local.names
}

output "policies" {
  description = "What each function may do, as JSON."
  value       = { for function, made in aws_iam_role_policy.this : function => made.policy }
}

output "may_convert" {
  description = "What whoever converts may do, as statements of a policy."
  value       = [for what in concat(local.may.convert, local.common) : local.said[what] if can(local.said[what])]
}
