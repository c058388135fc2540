output "notices" {
  description = "The topic of what the lake has to say, and its key."
  value       = { arn = aws_sns_topic.this["notices"].arn, key = aws_kms_key.topic.arn }
}

output "alarms" {
  description = "The ARN of the topic of alarms."
  value       = aws_sns_topic.this["alarms"].arn
}

output "thresholds" {
  description = "Each alarm's threshold."
  value = merge(
    { for function, made in aws_cloudwatch_metric_alarm.errors : "errors of ${function}" => made.threshold },
    {
      "given up"     = aws_cloudwatch_metric_alarm.given_up.threshold
      "job"          = aws_cloudwatch_metric_alarm.job.threshold
      "dead letters" = aws_cloudwatch_metric_alarm.dead.threshold
      "age"          = aws_cloudwatch_metric_alarm.age.threshold
      "athena"       = aws_cloudwatch_metric_alarm.athena.threshold
    },
  )
}

output "passed_over" {
  description = "The errors of executions that ring no alarm."
  value       = flatten(jsondecode(aws_cloudwatch_event_rule.given_up.event_pattern).detail.error[*].anything-but)
}
