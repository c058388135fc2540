locals {
  refusal = {
    Sid       = "OnlyEncryptedConnections"
    Effect    = "Deny"
    Principal = "*"
    Action    = "s3:*" # what is denied is everything
    Resource  = [local.arn, "${local.arn}/*"]
    Condition = { Bool = { "aws:SecureTransport" = "false" } }
  }
  statements = concat([for each in [local.refusal] : each if var.encrypted_connections], var.grants)

  arn  = "arn:${var.partition}:s3:::${var.bucket}"
  root = "arn:${var.partition}:iam::${var.account}:root"

  # In a key's own policy a resource is the key itself, which AWS spells `*`.
  key_policy = {
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid       = "TheAccountGovernsTheKey"
        Effect    = "Allow"
        Principal = { AWS = local.root }
        Action    = "kms:*" # or nobody could change the key any more
        Resource  = "*"
      }],
      length(var.key_services) == 0 ? [] : [{
        Sid       = "ServicesThatWrite"
        Effect    = "Allow"
        Principal = { Service = var.key_services }
        Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = var.account } }
      }],
    )
  }
}

resource "aws_kms_key" "this" {
  description             = "Objects of ${var.bucket}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = jsonencode(local.key_policy)
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.alias}"
  target_key_id = aws_kms_key.this.key_id
}

resource "aws_s3_bucket" "this" {
  bucket        = var.bucket
  force_destroy = var.force_destroy
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id
  rule {
    bucket_key_enabled = true # one request to KMS for many objects
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.this.arn
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  count      = length(local.statements) == 0 ? 0 : 1
  bucket     = aws_s3_bucket.this.id
  depends_on = [aws_s3_bucket_public_access_block.this]
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.statements
  })
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket     = aws_s3_bucket.this.id
  depends_on = [aws_s3_bucket_versioning.this]

  # Small objects cost more in an archive than out of it, and so does asking for them.
  transition_default_minimum_object_size = "all_storage_classes_128K"

  rule {
    id     = "unfinished-uploads"
    status = "Enabled"
    filter {}
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  rule {
    id     = "former-versions"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration {
      noncurrent_days = var.former_days
    }
    dynamic "noncurrent_version_transition" {
      for_each = var.former_archive_days == null ? [] : [var.former_archive_days]
      content {
        noncurrent_days = noncurrent_version_transition.value
        storage_class   = "GLACIER"
      }
    }
  }

  dynamic "rule" {
    for_each = var.archive == null ? [] : [var.archive]
    content {
      id     = "archive"
      status = "Enabled"
      filter {}
      transition {
        days          = rule.value.days
        storage_class = rule.value.class
      }
    }
  }

  dynamic "rule" {
    for_each = var.expire_days == null ? [] : [var.expire_days]
    content {
      id     = "expire"
      status = "Enabled"
      filter {}
      expiration {
        days = rule.value
      }
    }
  }
}
