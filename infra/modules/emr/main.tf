resource "aws_emrserverless_application" "this" {
  name          = var.name
  type          = "SPARK"
  release_label = "emr-7.5.0"

  auto_start_configuration {
    enabled = true
  }

  auto_stop_configuration {
    enabled              = true
    idle_timeout_minutes = 5 # an idle lake costs nothing by the hour
  }

  maximum_capacity {
    cpu    = var.most.cpu
    memory = var.most.memory
  }

  dynamic "network_configuration" {
    for_each = var.network == null ? [] : [var.network]
    content {
      subnet_ids         = network_configuration.value.subnets
      security_group_ids = network_configuration.value.groups
    }
  }
}

resource "aws_iam_role" "job" {
  name = "${var.name}-spark"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "emr-serverless.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account } }
    }]
  })
}

resource "aws_iam_role_policy" "job" {
  name   = "convert"
  role   = aws_iam_role.job.id
  policy = jsonencode({ Version = "2012-10-17", Statement = var.may })
}
