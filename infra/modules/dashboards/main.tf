locals {
  # Each chart is its title, what it takes of each metric, and the metrics. What Headwater itself
  # publishes has dimensions by feed, so a search finds feeds that come later.
  charts = {
    pipeline-health = [
      ["Calls", "Sum", [for name in values(var.functions) : ["AWS/Lambda", "Invocations", "FunctionName", name]]],
      ["Errors", "Sum", [for name in values(var.functions) : ["AWS/Lambda", "Errors", "FunctionName", name]]],
      ["Duration, ms", "p95", [for name in values(var.functions) : ["AWS/Lambda", "Duration", "FunctionName", name]]],
      ["Throttles", "Sum", [for name in values(var.functions) : ["AWS/Lambda", "Throttles", "FunctionName", name]]],
      ["Age of the oldest message, s", "Maximum", [["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", var.queue.name]]],
      ["Messages", "Maximum", [
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", var.queue.name],
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", var.queue.dead],
      ]],
      ["Executions", "Sum", concat(
        [for arn in var.machines : ["AWS/States", "ExecutionsSucceeded", "StateMachineArn", arn]],
        [for arn in var.machines : ["AWS/States", "ExecutionsFailed", "StateMachineArn", arn]],
        length(var.machines) == 0 ? [["AWS/Lambda", "Invocations", "FunctionName", var.functions["convert"]]] : [],
      )],
    ]
    cost = [
      ["Bytes kept, by zone", "Average", [for bucket in values(var.buckets) : ["AWS/S3", "BucketSizeBytes", "BucketName", bucket, "StorageType", "StandardStorage"]]],
      ["Objects, by zone", "Average", [for bucket in values(var.buckets) : ["AWS/S3", "NumberOfObjects", "BucketName", bucket, "StorageType", "AllStorageTypes"]]],
      ["Bytes scanned", "Sum", [for group in var.workgroups : ["AWS/Athena", "ProcessedBytes", "WorkGroup", group, "QueryType", "DML", "QueryState", "SUCCEEDED"]]],
      ["Units of the ledger", "Sum", [
        ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", var.table],
        ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", var.table],
      ]],
      ["What batches came to, USD", "Sum", [[{ expression = "SEARCH('{Headwater,feed} MetricName=\"cost\"', 'Sum')", id = "cost" }]]],
    ]
    quality = [
      ["Rows written", "Sum", [[{ expression = "SEARCH('{Headwater,feed} MetricName=\"rows\"', 'Sum')", id = "rows" }]]],
      ["Rows in quarantine", "Sum", [[{ expression = "SEARCH('{Headwater,feed} MetricName=\"quarantined\"', 'Sum')", id = "refused" }]]],
      ["Dead letters", "Maximum", [["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", var.queue.dead]]],
    ]
    query-performance = [
      ["Time of queries, ms", "p95", [for group in var.workgroups : ["AWS/Athena", "TotalExecutionTime", "WorkGroup", group, "QueryType", "DML", "QueryState", "SUCCEEDED"]]],
      ["Time in the queue, ms", "p95", [for group in var.workgroups : ["AWS/Athena", "QueryQueueTime", "WorkGroup", group, "QueryType", "DML", "QueryState", "SUCCEEDED"]]],
      ["Queries that failed", "SampleCount", [for group in var.workgroups : ["AWS/Athena", "TotalExecutionTime", "WorkGroup", group, "QueryType", "DML", "QueryState", "FAILED"]]],
      ["Bytes scanned by a query", "Average", [for group in var.workgroups : ["AWS/Athena", "ProcessedBytes", "WorkGroup", group, "QueryType", "DML", "QueryState", "SUCCEEDED"]]],
    ]
  }
}

resource "aws_cloudwatch_dashboard" "this" {
  for_each       = local.charts
  dashboard_name = "${var.name}-${each.key}"
  dashboard_body = jsonencode({
    widgets = [for at, chart in each.value : {
      type   = "metric"
      x      = at % 2 * 12
      y      = floor(at / 2) * 6
      width  = 12
      height = 6
      properties = {
        title   = chart[0]
        stat    = chart[1]
        metrics = chart[2]
        region  = var.region
        period  = each.key == "cost" ? 86400 : 300
        view    = "timeSeries"
      }
    }]
  })
}
