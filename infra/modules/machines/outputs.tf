output "arns" {
  description = "The ARN of each machine, known before it is made."
  value       = [for machine, _ in local.machines : "${local.prefix}:stateMachine:${var.name}-${machine}"]
}

output "prefix" {
  description = "What the ARNs of this lake's machines begin with."
  value       = "${local.prefix}:stateMachine:${var.name}-"
}

output "policy" {
  description = "What machines may do, as JSON."
  value       = aws_iam_role_policy.this.policy
}
