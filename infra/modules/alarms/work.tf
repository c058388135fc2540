# Alarms about work: functions, batches, the job, the queues.
locals {
  tell = [aws_sns_topic.this["alarms"].arn]
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  for_each            = var.functions
  alarm_name          = "${each.value}-errors"
  alarm_description   = "More than ${var.limits.error_percent} % of the calls of ${each.value} failed within five minutes"
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.limits.error_percent
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.tell
  ok_actions          = local.tell

  metric_query {
    id          = "rate"
    expression  = "IF(calls > 0, 100 * errors / calls, 0)"
    label       = "errors, % of calls"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { errors = "Errors", calls = "Invocations" }
    content {
      id = metric_query.key
      metric {
        namespace   = "AWS/Lambda"
        metric_name = metric_query.value
        dimensions  = { FunctionName = each.value }
        period      = 300
        stat        = "Sum"
      }
    }
  }
}

# An attempt that failed is tried again, and is no alarm: its execution ends with an error that is
# passed over. What ends with any other was given up, or the machine itself is broken.
resource "aws_cloudwatch_event_rule" "given_up" {
  name = "${var.name}-given-up"
  event_pattern = jsonencode({
    source      = ["aws.states"]
    detail-type = ["Step Functions Execution Status Change"]
    detail = {
      stateMachineArn = var.machines
      status          = ["FAILED"]
      error           = [{ anything-but = ["Headwater.AttemptFailed"] }]
    }
  })
}

resource "aws_cloudwatch_event_target" "given_up" {
  rule = aws_cloudwatch_event_rule.given_up.name
  arn  = aws_sns_topic.this["alarms"].arn
}

resource "aws_cloudwatch_metric_alarm" "given_up" {
  alarm_name          = "${var.name}-given-up"
  alarm_description   = "A batch of ${var.name} was given up, or its state machine is broken"
  namespace           = "AWS/Events"
  metric_name         = "MatchedEvents"
  dimensions          = { RuleName = aws_cloudwatch_event_rule.given_up.name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.tell
}

# Glue has no metric of runs that failed; a rule that matches them has one.
resource "aws_cloudwatch_event_rule" "job" {
  name = "${var.name}-job-failed"
  event_pattern = jsonencode({
    source      = ["aws.glue"]
    detail-type = ["Glue Job State Change"]
    detail      = { jobName = [var.job], state = ["FAILED", "TIMEOUT", "ERROR"] }
  })
}

resource "aws_cloudwatch_event_target" "job" {
  rule = aws_cloudwatch_event_rule.job.name
  arn  = aws_sns_topic.this["alarms"].arn
}

resource "aws_cloudwatch_metric_alarm" "job" {
  alarm_name          = "${var.job}-failed"
  alarm_description   = "A run of the job ${var.job} failed"
  namespace           = "AWS/Events"
  metric_name         = "MatchedEvents"
  dimensions          = { RuleName = aws_cloudwatch_event_rule.job.name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.tell
}

resource "aws_cloudwatch_metric_alarm" "dead" {
  alarm_name          = "${var.queue.dead}-depth"
  alarm_description   = "More than ${var.limits.dead_letters} messages of ${var.queue.name} could not be understood or handled"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = var.queue.dead }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.limits.dead_letters
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.tell
  ok_actions          = local.tell
}

resource "aws_cloudwatch_metric_alarm" "age" {
  alarm_name          = "${var.queue.name}-age"
  alarm_description   = "The oldest message of ${var.queue.name} has waited for more than ${var.limits.age_seconds} s"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = var.queue.name }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.limits.age_seconds
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.tell
  ok_actions          = local.tell
}
