module "replica" {
  source    = "../bucket"
  for_each  = var.replicated
  providers = { aws = aws.replica }

  bucket        = "${local.names[each.key]}-replica"
  alias         = "${var.name}-${each.key}-replica"
  account       = var.account
  partition     = var.partition
  archive       = var.zones[each.key].archive
  expire_days   = var.zones[each.key].expire_days
  force_destroy = var.force_destroy

  encrypted_connections = var.encrypted_connections
}

resource "aws_iam_role" "replication" {
  for_each = var.replicated
  name     = "${var.name}-replicate-${each.key}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "s3.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account } }
    }]
  })
}

resource "aws_iam_role_policy" "replication" {
  for_each = var.replicated
  name     = "replicate"
  role     = aws_iam_role.replication[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
        Resource = module.bucket[each.key].arn
      },
      {
        Effect = "Allow"
        Action = [
          "s3:GetObjectVersionForReplication",
          "s3:GetObjectVersionAcl",
          "s3:GetObjectVersionTagging",
        ]
        Resource = "${module.bucket[each.key].arn}/*"
      },
      {
        Effect   = "Allow"
        Action   = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"]
        Resource = "${module.replica[each.key].arn}/*"
      },
      { Effect = "Allow", Action = "kms:Decrypt", Resource = module.bucket[each.key].key_arn },
      { Effect = "Allow", Action = "kms:GenerateDataKey", Resource = module.replica[each.key].key_arn },
    ]
  })
}

resource "aws_s3_bucket_replication_configuration" "this" {
  for_each = var.replicated
  bucket   = module.bucket[each.key].bucket
  role     = aws_iam_role.replication[each.key].arn

  rule {
    id       = "all"
    status   = "Enabled"
    priority = 0
    filter {}
    delete_marker_replication {
      status = "Disabled" # what is deleted here by mistake stays there
    }
    source_selection_criteria {
      sse_kms_encrypted_objects {
        status = "Enabled"
      }
    }
    destination {
      bucket        = module.replica[each.key].arn
      storage_class = "STANDARD_IA"
      encryption_configuration {
        replica_kms_key_id = module.replica[each.key].key_arn
      }
    }
  }
}
