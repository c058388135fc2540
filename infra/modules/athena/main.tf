# An account has a workgroup called `primary` of its own, which cannot be made; ours bear the lake's name.
resource "aws_athena_workgroup" "this" {
  for_each      = var.workgroups
  name          = "${var.name}-${each.key}"
  description   = "Queries of the lake ${var.name}: ${each.key}"
  force_destroy = var.force_destroy

  configuration {
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true
    bytes_scanned_cutoff_per_query     = each.value

    engine_version {
      selected_engine_version = "Athena engine version 3" # the first that reads Delta tables
    }

    result_configuration {
      output_location = "s3://${var.results.bucket}/${each.key}/"
      encryption_configuration {
        encryption_option = "SSE_KMS"
        kms_key_arn       = var.results.key
      }
    }
  }
}
