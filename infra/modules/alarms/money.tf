# Alarms about what is kept and what is spent.
resource "aws_cloudwatch_metric_alarm" "size" {
  for_each            = var.buckets
  alarm_name          = "${each.value}-size"
  alarm_description   = "${each.value} holds more than ${var.limits.bucket_gb} GB in S3 Standard"
  namespace           = "AWS/S3"
  metric_name         = "BucketSizeBytes"
  dimensions          = { BucketName = each.value, StorageType = "StandardStorage" }
  statistic           = "Average"
  period              = 86400 # S3 measures once a day
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.limits.bucket_gb * 1000000000
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.tell
}

locals {
  # DDL is free, and so is what failed.
  scanned = {
    for at, pair in setproduct(var.workgroups, ["SUCCEEDED", "CANCELED"]) :
    "m${at}" => { group = pair[0], state = pair[1] }
  }
}

resource "aws_cloudwatch_metric_alarm" "athena" {
  alarm_name          = "${var.name}-athena-cost"
  alarm_description   = "Queries of a day cost more than ${var.limits.athena_usd} USD"
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.limits.athena_usd
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.tell

  metric_query {
    id          = "usd"
    expression  = "(${join(" + ", [for id in keys(local.scanned) : "FILL(${id}, 0)"])}) / 1000000000000 * ${var.limits.athena_usd_a_tb}"
    label       = "USD a day"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = local.scanned
    content {
      id = metric_query.key
      metric {
        namespace   = "AWS/Athena"
        metric_name = "ProcessedBytes"
        dimensions = {
          WorkGroup  = metric_query.value.group
          QueryType  = "DML"
          QueryState = metric_query.value.state
        }
        period = 86400
        stat   = "Sum"
      }
    }
  }
}
