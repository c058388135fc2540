locals {
  machines = { (var.large) = "${var.folder}/${var.large}.json" }
  prefix   = "arn:${var.place.partition}:states:${var.place.region}:${var.place.account}"
  lambda   = "arn:${var.place.partition}:lambda:${var.place.region}:${var.place.account}:function"
  glue     = "arn:${var.place.partition}:glue:${var.place.region}:${var.place.account}:job/${var.job}"

  # The driver's Python is the one that is packed with Headwater; the platform's own is older.
  spark = {
    "spark.archives"                                       = "${var.archive}#environment"
    "spark.emr-serverless.driverEnv.PYSPARK_DRIVER_PYTHON" = "./environment/bin/python"
    "spark.emr-serverless.driverEnv.PYSPARK_PYTHON"        = "./environment/bin/python"
    "spark.executorEnv.PYSPARK_PYTHON"                     = "./environment/bin/python"
    "spark.dynamicAllocation.enabled"                      = "false"
    "spark.executor.instances"                             = "1" # the least; it has nothing to do
    "spark.driver.cores"                                   = "8"
    "spark.driver.memory"                                  = "24g"
    "spark.emr-serverless.driver.disk"                     = "200g"
  }

  # By these words a definition names what it calls; a test holds them to infra/machines.
  words = {
    convert     = "${local.lambda}:${var.functions["convert"]}"
    commit      = "${local.lambda}:${var.functions["commit"]}"
    fail        = "${local.lambda}:${var.functions["fail"]}"
    lake        = var.lake
    job         = var.job
    application = try(var.spark.application, "")
    job_role    = try(var.spark.role_arn, "")
    entry_point = var.entry_point
    spark       = join(" ", [for name, value in local.spark : "--conf ${name}=${value}"])
  }
}

resource "aws_cloudwatch_log_group" "this" {
  for_each          = local.machines
  name              = "/aws/vendedlogs/states/${var.name}-${each.key}"
  retention_in_days = var.log_days
}

resource "aws_sfn_state_machine" "this" {
  for_each   = local.machines
  name       = "${var.name}-${each.key}"
  role_arn   = aws_iam_role.this.arn
  type       = "STANDARD" # an execution's name is taken once, so a second start is refused
  definition = templatefile(each.value, local.words)

  logging_configuration {
    log_destination        = "${aws_cloudwatch_log_group.this[each.key].arn}:*"
    include_execution_data = false # keys of files are people's names at times
    level                  = "ERROR"
  }

  depends_on = [aws_iam_role_policy.this]
}

resource "aws_iam_role" "this" {
  name = "${var.name}-machines"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "states.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.place.account } }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "machines"
  role = aws_iam_role.this.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Sid      = "Call"
          Effect   = "Allow"
          Action   = "lambda:InvokeFunction"
          Resource = [for name in values(var.functions) : "${local.lambda}:${name}"]
        },
        {
          Sid      = "RunTheJob"
          Effect   = "Allow"
          Action   = ["glue:StartJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:BatchStopJobRun"]
          Resource = local.glue
        },
        { Sid = "Notify", Effect = "Allow", Action = "sns:Publish", Resource = var.topic.arn },
        { Sid = "Encrypt", Effect = "Allow", Action = ["kms:Decrypt", "kms:GenerateDataKey"], Resource = var.topic.key },
        {
          Sid    = "Log"
          Effect = "Allow"
          Action = [
            "logs:CreateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:DescribeLogGroups",
            "logs:DescribeResourcePolicies",
            "logs:GetLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:UpdateLogDelivery",
          ]
          Resource = "*" # log deliveries have no ARN
        },
      ],
      [for spark in var.spark == null ? [] : [var.spark] : {
        Sid      = "RunOnSpark"
        Effect   = "Allow"
        Action   = ["emr-serverless:StartJobRun", "emr-serverless:GetJobRun", "emr-serverless:CancelJobRun"]
        Resource = [spark.application_arn, "${spark.application_arn}/jobruns/*"] # runs are named by the service
      }],
      [for spark in var.spark == null ? [] : [var.spark] : {
        Sid       = "GiveSparkItsRole"
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = spark.role_arn
        Condition = { StringEquals = { "iam:PassedToService" = "emr-serverless.amazonaws.com" } }
      }],
    )
  })
}
