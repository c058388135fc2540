# What functions and the job are made of, in the bucket of code.
locals {
  script  = "jobs/convert.py"
  library = var.library == null ? null : "jobs/${basename(var.library)}" # a wheel says by its name what it is
  package = [for made in aws_s3_object.package : {
    bucket  = module.zones.buckets["code"]
    key     = made.key
    version = made.version_id
  }]

  unsaid        = { for key, habit in local.habits : key => habit if !can(regex("(?m)^${key}\\s*:", local.given)) }
  configuration = join("\n", [yamlencode(merge(local.places, local.unsaid)), local.given])
  environment   = jsonencode({ words = var.words, secrets = var.secrets })
  configured = sha256(join("\n", concat( # of the objects: who is started anew by it finds them
    [aws_s3_object.configuration.content, aws_s3_object.environment.content],
    [for name, path in var.files : "${name} ${filesha256(path)}"],
  )))
}

resource "aws_s3_object" "package" {
  count       = var.image == null ? 1 : 0
  bucket      = module.zones.buckets["code"]
  key         = "packages/functions.zip"
  source      = var.package
  source_hash = filesha256(var.package)
}

# What headwater.yaml names and takes lies beside it before it does, and as long as it does.
resource "aws_s3_object" "files" {
  for_each    = var.files
  bucket      = module.zones.buckets["code"]
  key         = each.key
  source      = each.value
  source_hash = filesha256(each.value)

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_s3_object" "environment" {
  bucket  = module.zones.buckets["code"]
  key     = "environment.json"
  content = local.environment
}

# Places first, as they are here, and habits; what the user wrote names feeds and models, and no places.
resource "aws_s3_object" "configuration" {
  bucket     = module.zones.buckets["code"]
  key        = "headwater.yaml"
  content    = local.configuration
  depends_on = [aws_s3_object.files, aws_s3_object.environment]
}

resource "aws_s3_object" "job" {
  for_each    = local.large == "lambda" ? {} : { (local.script) = local.job_script, (local.library) = var.library }
  bucket      = module.zones.buckets["code"]
  key         = each.key
  source      = each.value
  source_hash = filesha256(each.value)
}
