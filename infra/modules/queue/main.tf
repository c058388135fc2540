locals {
  kept_seconds = 1209600 # 14 days, the longest there is
}

# Encrypted with the queue's own key: S3 could not announce through the account's default key.
resource "aws_sqs_queue" "dead" {
  name                      = "${var.name}-dead"
  message_retention_seconds = local.kept_seconds
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue" "this" {
  name                       = var.name
  message_retention_seconds  = local.kept_seconds
  visibility_timeout_seconds = var.visibility_seconds
  receive_wait_time_seconds  = 20
  sqs_managed_sse_enabled    = true
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = var.max_receives
  })
}

resource "aws_sqs_queue_policy" "this" {
  queue_url = aws_sqs_queue.this.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for statement in [
      {
        Sid       = "TheRawZoneAnnounces"
        Effect    = "Allow"
        Principal = { Service = "s3.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.this.arn
        Condition = {
          ArnEquals    = { "aws:SourceArn" = var.bucket.arn }
          StringEquals = { "aws:SourceAccount" = var.account }
        }
      },
      {
        Sid       = "OnlyEncryptedConnections"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*" # what is denied is everything
        Resource  = aws_sqs_queue.this.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ] : statement if statement.Effect == "Allow" || var.encrypted_connections]
  })
}

resource "aws_s3_bucket_notification" "raw" {
  bucket     = var.bucket.name
  depends_on = [aws_sqs_queue_policy.this]
  queue {
    id        = "arrivals"
    queue_arn = aws_sqs_queue.this.arn
    events    = ["s3:ObjectCreated:*"] # put, post, copy, and the end of an upload in pieces
  }
}
