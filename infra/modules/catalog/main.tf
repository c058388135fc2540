locals {
  database = replace(var.name, "-", "_")
  glue     = "arn:${var.place.partition}:glue:${var.place.region}:${var.place.account}"
  job      = "${var.name}-glue"
}

resource "aws_glue_catalog_database" "this" {
  name         = local.database
  description  = "Tables of the lake ${var.name}"
  location_uri = "s3://${var.names["processed"]}/"
}

resource "aws_glue_security_configuration" "this" {
  name = var.name
  encryption_configuration {
    cloudwatch_encryption {
      cloudwatch_encryption_mode = "SSE-KMS"
      kms_key_arn                = var.keys["code"]
    }
    job_bookmarks_encryption {
      job_bookmarks_encryption_mode = "CSE-KMS"
      kms_key_arn                   = var.keys["code"]
    }
    s3_encryption {
      s3_encryption_mode = "SSE-KMS"
      kms_key_arn        = var.keys["processed"]
    }
  }
}

resource "aws_glue_job" "convert" {
  name                   = local.job
  description            = "Converts batches that are too large for a function"
  role_arn               = aws_iam_role.job.arn
  glue_version           = "5.0"
  execution_class        = "STANDARD"
  worker_type            = "G.1X"
  number_of_workers      = var.workers
  timeout                = 480
  max_retries            = 0 # the state machine tries again, with another attempt
  security_configuration = aws_glue_security_configuration.this.name
  default_arguments = merge(
    {
      "--enable-metrics" = "true"
      "--job-language"   = "python"
      "--TempDir"        = "s3://${var.names["manifests"]}/glue/"
    },
    length(var.modules) == 0 ? {} : { "--additional-python-modules" = join(",", var.modules) },
    var.arguments,
  )

  command {
    name            = "glueetl"
    python_version  = "3"
    script_location = "s3://${var.names["code"]}/${var.script}"
  }

  execution_property {
    max_concurrent_runs = 10
  }
}

resource "aws_iam_role" "job" {
  name = local.job
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "glue.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.place.account } }
    }]
  })
}

resource "aws_iam_role_policy" "job" {
  name = "convert"
  role = aws_iam_role.job.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(var.may, [
      {
        Sid      = "Log"
        Effect   = "Allow"
        Action   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:AssociateKmsKey"]
        Resource = "arn:${var.place.partition}:logs:${var.place.region}:${var.place.account}:log-group:/aws-glue/*"
      },
      {
        Sid       = "MeasureRuns"
        Effect    = "Allow"
        Action    = "cloudwatch:PutMetricData"
        Resource  = "*" # metrics have no ARN; the condition holds them to Glue's namespace
        Condition = { StringEquals = { "cloudwatch:namespace" = "Glue" } }
      },
    ])
  })
}
