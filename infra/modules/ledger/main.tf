locals {
  # The same as headwater/adapters/aws/ledger/schema.py says; a test compares them.
  attributes = {
    pk        = "S"
    sk        = "S"
    list      = "S"
    waits     = "S"
    seq       = "N"
    landed_at = "N"
    key       = "S"
  }
  indexes = {
    listed  = { hash = "list", range = "seq", projection = "ALL" }
    waiting = { hash = "waits", range = "seq", projection = "KEYS_ONLY" }
    landed  = { hash = "list", range = "landed_at", projection = "KEYS_ONLY" }
    named   = { hash = "list", range = "key", projection = "KEYS_ONLY" }
  }
  workflows = { workflow_metadata = "prefix", workflow_status = "file_id" }
}

resource "aws_kms_key" "this" {
  description             = "The ledger ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TheAccountGovernsTheKey"
      Effect    = "Allow"
      Principal = { AWS = "arn:${var.partition}:iam::${var.account}:root" }
      Action    = "kms:*" # or nobody could change the key any more
      Resource  = "*"     # which is this key, in its own policy
    }]
  })
}

resource "aws_dynamodb_table" "ledger" {
  name                        = var.name
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  range_key                   = "sk"
  deletion_protection_enabled = var.protected

  dynamic "attribute" {
    for_each = local.attributes
    content {
      name = attribute.key
      type = attribute.value
    }
  }

  dynamic "global_secondary_index" {
    for_each = local.indexes
    content {
      name            = global_secondary_index.key
      hash_key        = global_secondary_index.value.hash
      range_key       = global_secondary_index.value.range
      projection_type = global_secondary_index.value.projection
    }
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.this.arn
  }
}

# For people and programs that know nothing of the ledger: which prefix has which workflow, and
# how each file's stands.
resource "aws_dynamodb_table" "workflows" {
  for_each                    = local.workflows
  name                        = "${var.name}-${each.key}"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = each.value
  deletion_protection_enabled = var.protected

  attribute {
    name = each.value
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.this.arn
  }
}
