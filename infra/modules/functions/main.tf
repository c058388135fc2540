locals {
  defaults = {
    arrivals = { memory_mb = 512, scratch_mb = 512, timeout_seconds = 60 }
    convert  = { memory_mb = 3584, scratch_mb = 4096, timeout_seconds = 900 }
    commit   = { memory_mb = 1024, scratch_mb = 512, timeout_seconds = 300 }
    fail     = { memory_mb = 512, scratch_mb = 512, timeout_seconds = 60 }
  }
  functions = {
    for function, default in local.defaults : function => {
      for what, size in default : what => coalesce(try(var.sizes[function][what], null), size)
    }
  }
  names = { for function, _ in local.functions : function => "${var.name}-${function}" }
}

resource "aws_kms_key" "logs" {
  description             = "Logs and environments of ${var.name}'s functions"
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
        Sid       = "LogsAreWritten"
        Effect    = "Allow"
        Principal = { Service = "logs.${var.place.region}.amazonaws.com" }
        Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:DescribeKey"]
        Resource  = "*"
        Condition = {
          ArnLike = {
            "kms:EncryptionContext:aws:logs:arn" = "${local.logs}:*"
          }
        }
      },
    ]
  })
}

resource "aws_cloudwatch_log_group" "this" {
  for_each          = local.functions
  name              = "/aws/lambda/${local.names[each.key]}"
  retention_in_days = var.log_days
  kms_key_id        = aws_kms_key.logs.arn
}

resource "aws_lambda_function" "this" {
  for_each      = local.functions
  function_name = local.names[each.key]
  role          = aws_iam_role.this[each.key].arn
  architectures = [var.architecture]
  memory_size   = each.value.memory_mb
  timeout       = each.value.timeout_seconds
  kms_key_arn   = aws_kms_key.logs.arn
  layers        = var.image == null ? var.layers : null

  package_type      = var.image == null ? "Zip" : "Image"
  image_uri         = var.image
  runtime           = var.image == null ? "python${var.python}" : null
  handler           = var.image == null ? "headwater.lambdas.${each.key}.handle" : null
  s3_bucket         = var.image == null ? var.package.bucket : null
  s3_key            = var.image == null ? var.package.key : null
  s3_object_version = var.image == null ? var.package.version : null

  environment {
    variables = var.environment
  }

  ephemeral_storage {
    size = each.value.scratch_mb
  }

  dynamic "image_config" {
    for_each = var.image == null ? [] : [each.key]
    content {
      command = ["headwater.lambdas.${image_config.value}.handle"]
    }
  }

  dynamic "vpc_config" {
    for_each = var.network == null ? [] : [var.network]
    content {
      subnet_ids         = vpc_config.value.subnets
      security_group_ids = vpc_config.value.groups
    }
  }

  depends_on = [aws_cloudwatch_log_group.this, aws_iam_role_policy.this]
}

resource "aws_lambda_event_source_mapping" "arrivals" {
  event_source_arn                   = var.queue.arn
  function_name                      = aws_lambda_function.this["arrivals"].arn
  batch_size                         = 10
  maximum_batching_window_in_seconds = 0 # a small file is not to wait for others
  function_response_types            = ["ReportBatchItemFailures"]
  scaling_config {
    maximum_concurrency = 10
  }
}
