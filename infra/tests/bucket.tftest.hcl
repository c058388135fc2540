mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  bucket    = "acme-raw"
  alias     = "acme-raw"
  account   = "123456789012"
  partition = "aws"
  archive   = { days = 90, class = "GLACIER" }
}

run "a_bucket_is_private_versioned_and_encrypted" {
  command = apply
  module {
    source = "./modules/bucket"
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
    ])
    error_message = "the public may come in"
  }

  assert {
    condition     = aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled"
    error_message = "former versions are lost"
  }

  assert {
    condition     = aws_kms_key.this.enable_key_rotation
    error_message = "the key does not rotate"
  }

  assert {
    condition     = one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default[0].kms_master_key_id == aws_kms_key.this.arn
    error_message = "objects are encrypted with another key"
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(aws_s3_bucket_policy.this[0].policy).Statement :
      statement.Effect == "Deny" && try(statement.Condition.Bool["aws:SecureTransport"], "") == "false"
    ])
    error_message = "connections without encryption are taken"
  }

  assert {
    condition = anytrue([
      for rule in aws_s3_bucket_lifecycle_configuration.this.rule :
      anytrue([for transition in rule.transition : transition.days == 90 && transition.storage_class == "GLACIER"])
    ])
    error_message = "objects do not go to Glacier after 90 days"
  }
}
