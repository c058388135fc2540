locals {
  schedules = {
    timer     = { when = var.timer, input = {} }
    notices   = { when = var.notices, input = { notify = true } }
    reconcile = { when = var.reconcile, input = { reconcile = true, days = 3 } }
    search    = { when = var.search, input = { reconcile = true } }
  }
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each            = local.schedules
  name                = "${var.name}-${each.key}"
  schedule_expression = each.value.when
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = local.schedules
  rule     = aws_cloudwatch_event_rule.this[each.key].name
  arn      = aws_lambda_function.this["arrivals"].arn
  input    = jsonencode(each.value.input)
}

resource "aws_lambda_permission" "schedules" {
  for_each      = local.schedules
  statement_id  = each.key
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this["arrivals"].function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.this[each.key].arn
}
