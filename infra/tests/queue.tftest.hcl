mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name    = "acme"
  account = "123456789012"
  bucket  = { name = "acme-raw", arn = "arn:aws:s3:::acme-raw" }
}

run "what_fails_often_is_a_dead_letter_that_is_kept" {
  command = apply
  module {
    source = "./modules/queue"
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.this.redrive_policy) == { deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 50 }
    error_message = "dead letters go elsewhere"
  }

  assert {
    condition     = aws_sqs_queue.this.message_retention_seconds == 1209600 && aws_sqs_queue.dead.message_retention_seconds == 1209600
    error_message = "messages are lost before fourteen days"
  }

  assert {
    condition     = aws_sqs_queue.this.sqs_managed_sse_enabled && aws_sqs_queue.dead.sqs_managed_sse_enabled
    error_message = "messages lie there in the clear"
  }

  assert {
    condition     = jsondecode(aws_sqs_queue_policy.this.policy).Statement[0].Condition.ArnEquals["aws:SourceArn"] == "arn:aws:s3:::acme-raw"
    error_message = "others than the raw zone may announce"
  }
}
