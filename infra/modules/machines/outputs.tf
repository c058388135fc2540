output "arns" {
  description = "The ARN of each machine, known before it is made."
  value       = [for machine, _ in local.machines : "${local.prefix}:stateMachine:${var.name}-${machine}"]
}

output "chosen" {
  description = "The ARN of the machine that is begun for each batch."
  value       = "${local.prefix}:stateMachine:${var.name}-${var.chosen}"
}

output "policy" {
  description = "What machines may do, as JSON."
  value       = aws_iam_role_policy.this.policy
}
