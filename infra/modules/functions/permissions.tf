# What a function may do: statements by what they are for, and below, which function has which.
locals {
  logs    = "arn:${var.place.partition}:logs:${var.place.region}:${var.place.account}:log-group:/aws/lambda/${var.name}-"
  glue    = "arn:${var.place.partition}:glue:${var.place.region}:${var.place.account}"
  objects = { for zone, bucket in var.buckets : zone => "${bucket}/*" } # objects have no other names beforehand

  statements = {
    hear = {
      Action = [
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:ChangeMessageVisibility",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
      ]
      Resource = var.queue.arn
    }
    announce = { # what reconcile finds is announced like any other file
      Action   = ["sqs:SendMessage", "sqs:GetQueueUrl", "sqs:GetQueueAttributes"]
      Resource = var.queue.arn
    }
    bury = {
      Action   = ["sqs:SendMessage"]
      Resource = var.queue.dead_arn
    }
    start = {
      Action   = ["states:StartExecution"]
      Resource = var.machines
    }
    look = { # whether an execution of that name runs, or has ended
      Action   = ["states:DescribeExecution"]
      Resource = [for machine in var.machines : "${replace(machine, ":stateMachine:", ":execution:")}:*"]
    }
    list = {
      Action   = ["s3:ListBucket", "s3:ListBucketVersions", "s3:GetBucketLocation"]
      Resource = values(var.buckets)
    }
    read_code = {
      Action   = ["s3:GetObject"]
      Resource = local.objects["code"]
    }
    read_secrets = {
      Action   = ["secretsmanager:GetSecretValue"]
      Resource = var.secrets
    }
    read_raw = {
      Action   = ["s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectAttributes"]
      Resource = local.objects["raw"]
    }
    write_manifests = {
      Action   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
      Resource = local.objects["manifests"]
    }
    read_tables = {
      Action   = ["s3:GetObject"]
      Resource = [local.objects["processed"], local.objects["curated"]]
    }
    write_tables = {
      Action = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
      Resource = [
        local.objects["processed"],
        local.objects["curated"],
        local.objects["quarantine"],
      ]
    }
    keep_books = {
      Action = [
        "dynamodb:BatchGetItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:DescribeTable",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
      ]
      Resource = concat(var.ledger.tables, var.ledger.indexes)
    }
    enter = { # tables are named by whoever writes headwater.yaml, later than this
      Action = [
        "glue:BatchCreatePartition",
        "glue:BatchDeletePartition",
        "glue:CreateTable",
        "glue:DeleteTable",
        "glue:GetDatabase",
        "glue:GetPartitions",
        "glue:GetTable",
        "glue:GetTables",
        "glue:UpdateTable",
      ]
      Resource = [
        "${local.glue}:catalog",
        "${local.glue}:database/${var.database}",
        "${local.glue}:table/${var.database}/*",
      ]
    }
    notify = {
      Action   = ["sns:Publish"]
      Resource = var.topic.arn
    }
    decrypt = {
      Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource = concat(values(var.keys), [var.ledger.key, var.topic.key])
    }
    measure = {
      Action    = ["cloudwatch:PutMetricData"]
      Resource  = "*" # metrics have no ARN; the condition holds them to our namespace
      Condition = { StringEquals = { "cloudwatch:namespace" = "Headwater" } }
    }
    attach = {
      Action = [
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
      ]
      Resource = "*" # AWS gives a function's interfaces no ARN before they are made
    }
  }

  said = {
    for what, statement in local.statements :
    what => merge({ Sid = replace(title(replace(what, "_", " ")), " ", ""), Effect = "Allow" }, statement)
    if length(flatten([statement.Resource])) > 0
  }

  common = ["list", "read_code", "read_secrets", "keep_books", "decrypt", "measure"]
  attach = var.network == null ? [] : ["attach"]
  may = {
    arrivals = ["hear", "announce", "start", "look", "read_raw", "read_tables", "write_manifests", "enter", "notify"]
    convert  = ["read_raw", "write_manifests", "write_tables", "enter", "notify"]
    commit   = ["read_raw", "write_manifests", "write_tables", "enter", "notify"]
    fail     = ["bury", "read_raw", "write_manifests", "write_tables", "enter", "notify"]
  }
}

resource "aws_iam_role" "this" {
  for_each = local.functions
  name     = local.names[each.key]
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  for_each = local.functions
  name     = each.key
  role     = aws_iam_role.this[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [for what in concat(local.may[each.key], local.common, local.attach) : local.said[what] if can(local.said[what])],
      [{
        Sid      = "Log"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${local.logs}${each.key}:log-stream:*" # streams are named by the service
      }],
    )
  })
}
