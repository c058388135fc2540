# What functions and the job are made of, in the bucket of code.
locals {
  packages = {
    for function in var.image == null ? local.functions : [] : function => {
      bucket  = module.zones.buckets["code"]
      key     = aws_s3_object.packages[function].key
      version = aws_s3_object.packages[function].version_id
    }
  }
}

resource "aws_s3_object" "packages" {
  for_each    = var.image == null ? toset(local.functions) : []
  bucket      = module.zones.buckets["code"]
  key         = "packages/${each.key}.zip"
  source      = var.packages[each.key]
  source_hash = filesha256(var.packages[each.key])
}

resource "aws_s3_object" "configuration" {
  count       = var.configuration == null ? 0 : 1
  bucket      = module.zones.buckets["code"]
  key         = "headwater.yaml"
  source      = var.configuration
  source_hash = filesha256(var.configuration)
}

resource "aws_s3_object" "job" {
  count       = var.job_script == null ? 0 : 1
  bucket      = module.zones.buckets["code"]
  key         = "jobs/convert.py"
  source      = var.job_script
  source_hash = filesha256(var.job_script)
}
