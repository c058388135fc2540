resource "aws_kms_key" "topic" {
  description             = "Notices of ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "TheAccountGovernsTheKey"
        Effect    = "Allow"
        Principal = { AWS = "arn:${var.place.partition}:iam::${var.place.account}:root" }
        Action    = "kms:*" # or nobody could change the key any more
        Resource  = "*"     # which is this key, in its own policy
      },
      {
        Sid       = "AlarmsAndRulesAreSent"
        Effect    = "Allow"
        Principal = { Service = ["cloudwatch.amazonaws.com", "events.amazonaws.com"] }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = var.place.account } }
      },
    ]
  })
}

# `notices` is for what the lake has to say, `alarms` for what CloudWatch sees.
resource "aws_sns_topic" "this" {
  for_each          = toset(["notices", "alarms"])
  name              = "${var.name}-${each.key}"
  kms_master_key_id = aws_kms_key.topic.arn
}

resource "aws_sns_topic_policy" "alarms" {
  arn = aws_sns_topic.this["alarms"].arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "AlarmsAndRulesAreSent"
      Effect    = "Allow"
      Principal = { Service = ["cloudwatch.amazonaws.com", "events.amazonaws.com"] }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.this["alarms"].arn
      Condition = { StringEquals = { "aws:SourceAccount" = var.place.account } }
    }]
  })
}

resource "aws_sns_topic_subscription" "email" {
  for_each  = { for pair in setproduct(["notices", "alarms"], var.emails) : join(" ", pair) => pair }
  topic_arn = aws_sns_topic.this[each.value[0]].arn
  protocol  = "email"
  endpoint  = each.value[1]
}
