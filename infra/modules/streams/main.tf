resource "aws_kinesis_stream" "this" {
  for_each         = var.streams
  name             = "${var.name}-${each.key}"
  retention_period = 168 # a week to find out that something is wrong
  encryption_type  = "KMS"
  kms_key_id       = var.bucket.key

  stream_mode_details {
    stream_mode = "ON_DEMAND"
  }
}

resource "aws_kinesis_firehose_delivery_stream" "this" {
  for_each    = var.streams
  name        = "${var.name}-${each.key}"
  destination = "extended_s3"

  kinesis_source_configuration {
    kinesis_stream_arn = aws_kinesis_stream.this[each.key].arn
    role_arn           = aws_iam_role.this[each.key].arn
  }

  extended_s3_configuration {
    role_arn            = aws_iam_role.this[each.key].arn
    bucket_arn          = var.bucket.arn
    kms_key_arn         = var.bucket.key
    buffering_size      = var.buffer.mb
    buffering_interval  = var.buffer.seconds
    compression_format  = "GZIP"
    prefix              = "${each.value}/!{timestamp:yyyy/MM/dd}/"
    error_output_prefix = "firehose-errors/${each.value}/!{firehose:error-output-type}/"

    # Records have no line ends of their own as a rule.
    processing_configuration {
      enabled = true
      processors {
        type = "AppendDelimiterToRecord"
        parameters {
          parameter_name  = "Delimiter"
          parameter_value = "\\n"
        }
      }
    }
  }

  depends_on = [aws_iam_role_policy.this]
}

resource "aws_iam_role" "this" {
  for_each = var.streams
  name     = "${var.name}-stream-${each.key}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "firehose.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.place.account } }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  for_each = var.streams
  name     = "deliver"
  role     = aws_iam_role.this[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"]
        Resource = aws_kinesis_stream.this[each.key].arn
      },
      { Effect = "Allow", Action = ["s3:ListBucket", "s3:GetBucketLocation"], Resource = var.bucket.arn },
      {
        Effect = "Allow"
        Action = ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListBucketMultipartUploads"]
        Resource = [
          var.bucket.arn,
          "${var.bucket.arn}/${each.value}/*",
          "${var.bucket.arn}/firehose-errors/${each.value}/*",
        ]
      },
      { Effect = "Allow", Action = ["kms:Decrypt", "kms:GenerateDataKey"], Resource = var.bucket.key },
    ]
  })
}
