output "spark" {
  description = "The application, and the role of its jobs."
  value = {
    application     = aws_emrserverless_application.this.id
    application_arn = aws_emrserverless_application.this.arn
    role_arn        = aws_iam_role.job.arn
  }
}

output "policy" {
  description = "What jobs may do, as JSON."
  value       = aws_iam_role_policy.job.policy
}
