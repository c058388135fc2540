output "headwater_yaml" {
  description = "What headwater.yaml says of the lake's places, beside its feeds."
  value = yamlencode({
    lake   = "s3://${module.zones.buckets["raw"]}"
    zones  = { for zone in ["raw", "processed", "curated", "quarantine", "manifests", "results"] : zone => "s3://${module.zones.buckets[zone]}" }
    ledger = "dynamodb://${module.ledger.name}"
    queue  = "sqs://${module.queue.name}"
    region = var.region
  })
}

output "buckets" {
  description = "The bucket of each zone, and that of code."
  value       = module.zones.buckets
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
  description = "The name of each dashboard."
  value       = module.dashboards.names
}

output "sftp" {
  description = "Where partners send files to by SFTP."
  value       = one(module.transfer[*].endpoint)
}
