mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name      = "acme"
  account   = "123456789012"
  partition = "aws"
}

run "tables_can_be_taken_back_in_time_and_are_paid_by_use" {
  command = apply
  module {
    source = "./modules/ledger"
  }

  assert {
    condition = alltrue([
      for table in concat([aws_dynamodb_table.ledger], values(aws_dynamodb_table.workflows)) :
      table.point_in_time_recovery[0].enabled
    ])
    error_message = "a table cannot be taken back"
  }

  assert {
    condition = alltrue([
      for table in concat([aws_dynamodb_table.ledger], values(aws_dynamodb_table.workflows)) :
      table.billing_mode == "PAY_PER_REQUEST" && table.deletion_protection_enabled
    ])
    error_message = "a table is paid by the hour, or can be deleted"
  }

  assert {
    condition     = aws_kms_key.this.enable_key_rotation
    error_message = "the key does not rotate"
  }
}
