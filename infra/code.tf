# What functions and the job are made of, in the bucket of code.
locals {
  script = "jobs/convert.py"
  package = [for made in aws_s3_object.package : {
    bucket  = module.zones.buckets["code"]
    key     = made.key
    version = made.version_id
  }]
}

resource "aws_s3_object" "package" {
  count       = var.image == null ? 1 : 0
  bucket      = module.zones.buckets["code"]
  key         = "packages/functions.zip"
  source      = var.package
  source_hash = filesha256(var.package)
}

# Places first, as they are here; what the user wrote names feeds and models, and no places.
resource "aws_s3_object" "configuration" {
  bucket  = module.zones.buckets["code"]
  key     = "headwater.yaml"
  content = join("\n", [local.places, var.configuration == null ? "" : file(var.configuration)])
}

resource "aws_s3_object" "job" {
  count       = var.job_script == null ? 0 : 1
  bucket      = module.zones.buckets["code"]
  key         = local.script
  source      = var.job_script
  source_hash = filesha256(var.job_script)
}
