locals {
  bucket = "${var.name}-audit-${var.place.account}"
  arn    = "arn:${var.place.partition}:s3:::${local.bucket}"
  trail  = "arn:${var.place.partition}:cloudtrail:${var.place.region}:${var.place.account}:trail/${var.name}"
}

module "bucket" {
  source        = "../bucket"
  bucket        = local.bucket
  alias         = "${var.name}-audit"
  account       = var.place.account
  partition     = var.place.partition
  archive       = { days = 90, class = "GLACIER" }
  expire_days   = var.keep_days
  force_destroy = var.force_destroy

  encrypted_connections = var.encrypted_connections
  key_services          = ["cloudtrail.amazonaws.com"]
  grants = [
    {
      Sid       = "TheTrailLooks"
      Effect    = "Allow"
      Principal = { Service = "cloudtrail.amazonaws.com" }
      Action    = "s3:GetBucketAcl"
      Resource  = local.arn
      Condition = { StringEquals = { "aws:SourceArn" = local.trail } }
    },
    {
      Sid       = "TheTrailWrites"
      Effect    = "Allow"
      Principal = { Service = "cloudtrail.amazonaws.com" }
      Action    = "s3:PutObject"
      Resource  = "${local.arn}/AWSLogs/${var.place.account}/*" # its objects are named by the service
      Condition = {
        StringEquals = { "aws:SourceArn" = local.trail, "s3:x-amz-acl" = "bucket-owner-full-control" }
      }
    },
  ]
}

resource "aws_cloudtrail" "this" {
  name                          = var.name
  s3_bucket_name                = module.bucket.bucket
  kms_key_id                    = module.bucket.key_arn
  enable_log_file_validation    = true
  include_global_service_events = true
  is_multi_region_trail         = true

  event_selector {
    read_write_type           = "All"
    include_management_events = true
    data_resource {
      type   = "AWS::S3::Object"
      values = [for arn in var.buckets : "${arn}/"]
    }
  }
}
