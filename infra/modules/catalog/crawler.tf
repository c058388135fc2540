resource "aws_glue_crawler" "this" {
  count                  = var.crawler == null ? 0 : 1
  name                   = var.name
  role                   = aws_iam_role.crawler[0].arn
  database_name          = aws_glue_catalog_database.this.name
  schedule               = var.crawler
  security_configuration = aws_glue_security_configuration.this.name

  delta_target {
    delta_tables              = ["s3://${var.names["processed"]}/"]
    create_native_delta_table = true
    write_manifest            = false
  }

  schema_change_policy {
    delete_behavior = "LOG"
    update_behavior = "LOG" # commits are who changes a table's entry
  }
}

resource "aws_iam_role" "crawler" {
  count = var.crawler == null ? 0 : 1
  name  = "${var.name}-crawler"
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

resource "aws_iam_role_policy" "crawler" {
  count = var.crawler == null ? 0 : 1
  name  = "crawl"
  role  = aws_iam_role.crawler[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "List", Effect = "Allow", Action = "s3:ListBucket", Resource = var.buckets["processed"] },
      { Sid = "Read", Effect = "Allow", Action = "s3:GetObject", Resource = "${var.buckets["processed"]}/*" },
      { Sid = "Decrypt", Effect = "Allow", Action = "kms:Decrypt", Resource = [var.keys["processed"], var.keys["code"]] },
      {
        Sid    = "Enter"
        Effect = "Allow"
        Action = ["glue:GetDatabase", "glue:GetTable", "glue:CreateTable", "glue:UpdateTable", "glue:GetSecurityConfiguration"]
        Resource = [
          "${local.glue}:catalog",
          "${local.glue}:database/${local.database}",
          "${local.glue}:table/${local.database}/*",
        ]
      },
      {
        Sid      = "Log"
        Effect   = "Allow"
        Action   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:AssociateKmsKey"]
        Resource = "arn:${var.place.partition}:logs:${var.place.region}:${var.place.account}:log-group:/aws-glue/*"
      },
    ]
  })
}
