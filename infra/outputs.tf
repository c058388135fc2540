output "headwater_yaml" {
  description = "The lake's headwater.yaml: its places, and behind them the feeds that were given."
  value       = aws_s3_object.configuration.content
}

output "buckets" {
  description = "The bucket of each zone, and that of code."
  value       = module.zones.buckets
}

output "region" {
  description = "The region."
  value       = var.region
}

output "machine" {
  description = "The ARN of the state machine that each batch is an execution of."
  value       = module.machines.arn
}

output "workflow_tables" {
  description = "The tables that tell of workflows, by what each tells of."
  value       = module.ledger.workflows
}

output "queue_url" {
  description = "The queue that S3 announces files in."
  value       = module.queue.url
}

output "table" {
  description = "The ledger's table."
  value       = module.ledger.name
}

output "functions" {
  description = "The ARN of each function."
  value       = module.functions.arns
}

output "machines" {
  description = "The ARNs of the state machines."
  value       = module.machines.arns
}

output "database" {
  description = "The database of the Glue catalogue."
  value       = module.catalog.database
}

output "workgroups" {
  description = "The name of each of Athena's workgroups."
  value       = module.athena.workgroups
}

output "topics" {
  description = "The topics of notices and of alarms."
  value       = { notices = module.alarms.notices.arn, alarms = module.alarms.alarms }
}

output "dashboards" {
  description = "The name of each dashboard, where there are any."
  value       = one(module.dashboards[*].names)
}

output "sftp" {
  description = "Where partners send files to by SFTP."
  value       = one(module.transfer[*].endpoint)
}

output "protected" {
  description = "Whether what holds data is kept from being deleted."
  value       = var.protected
}
