output "database" {
  description = "The database of the catalogue."
  value       = aws_glue_catalog_database.this.name
}

output "job" {
  description = "The name of the job."
  value       = local.job
}

output "policies" {
  description = "What the job and the crawler may do, as JSON."
  value       = concat([aws_iam_role_policy.job.policy], aws_iam_role_policy.crawler[*].policy)
}

output "arguments" {
  description = "What each run of the job is given."
  value       = aws_glue_job.convert.default_arguments
}
