resource "aws_transfer_server" "this" {
  protocols              = ["SFTP"]
  identity_provider_type = "SERVICE_MANAGED"
  endpoint_type          = "PUBLIC" # partners come from the internet; they have keys, not passwords
  security_policy_name   = "TransferSecurityPolicy-2025-03"
  logging_role           = aws_iam_role.log.arn
}

resource "aws_transfer_user" "this" {
  for_each            = var.users
  server_id           = aws_transfer_server.this.id
  user_name           = each.key
  role                = aws_iam_role.user[each.key].arn
  home_directory_type = "LOGICAL" # nobody sees another's folder, nor the bucket's name
  home_directory_mappings {
    entry  = "/"
    target = "/${var.bucket.name}/${each.value.folder}"
  }
}

resource "aws_transfer_ssh_key" "this" {
  for_each  = var.users
  server_id = aws_transfer_server.this.id
  user_name = aws_transfer_user.this[each.key].user_name
  body      = each.value.public_key
}

locals {
  trust = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "transfer.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account } }
    }]
  })
}

resource "aws_iam_role" "user" {
  for_each           = var.users
  name               = "${var.name}-sftp-${each.key}"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "user" {
  for_each = var.users
  name     = "send"
  role     = aws_iam_role.user[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "s3:ListBucket"
        Resource  = var.bucket.arn
        Condition = { StringLike = { "s3:prefix" = ["${each.value.folder}/*", each.value.folder] } }
      },
      { # what was received is not read back, and not deleted
        Effect   = "Allow"
        Action   = ["s3:PutObject", "s3:AbortMultipartUpload"]
        Resource = "${var.bucket.arn}/${each.value.folder}/*"
      },
      { Effect = "Allow", Action = ["kms:GenerateDataKey", "kms:Decrypt"], Resource = var.bucket.key },
    ]
  })
}

resource "aws_iam_role" "log" {
  name               = "${var.name}-sftp-log"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "log" {
  name = "log"
  role = aws_iam_role.log.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
      Resource = "arn:${var.partition}:logs:*:${var.account}:log-group:/aws/transfer/*" # named by the service
    }]
  })
}
