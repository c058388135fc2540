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
