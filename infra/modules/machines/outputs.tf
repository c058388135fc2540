output "arns" {
  description = "The ARN of each machine, known before it is made."
  value       = [for machine, _ in local.machines : "${local.prefix}:stateMachine:${var.name}-${machine}"]
}

output "arn" {
  description = "The ARN of the machine that a manifest is an execution of."
  value       = "${local.prefix}:stateMachine:${var.name}-${var.large}"
}

output "policy" {
  description = "What machines may do, as JSON."
  value       = aws_iam_role_policy.this.policy
}
