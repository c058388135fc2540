mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "replica"
  source = "./tests/mocks"
}

variables {
  name      = "acme"
  account   = "123456789012"
  partition = "aws"
}

run "tables_never_go_where_a_query_would_wait_for_a_restore" {
  command = plan
  module {
    source = "./modules/zones"
  }
  providers = {
    aws         = aws
    aws.replica = aws.replica
  }
  variables {
    zones = { processed = { archive = { days = 365, class = "GLACIER" } } }
  }
  expect_failures = [var.zones]
}

run "replicas_are_made_where_they_are_asked_for" {
  command = apply
  module {
    source = "./modules/zones"
  }
  providers = {
    aws         = aws
    aws.replica = aws.replica
  }
  variables {
    zones      = { raw = {}, manifests = {} }
    replicated = ["raw"]
  }

  assert {
    condition     = keys(aws_s3_bucket_replication_configuration.this) == ["raw"]
    error_message = "other zones than asked for are replicated"
  }

  assert {
    condition     = one(aws_s3_bucket_replication_configuration.this["raw"].rule).destination[0].bucket == "arn:aws:s3:::acme-raw-123456789012-replica"
    error_message = "the replica is another bucket"
  }
}
