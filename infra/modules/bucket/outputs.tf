output "bucket" {
  description = "The bucket's name, once all its protections stand."
  value       = aws_s3_bucket.this.id
  depends_on  = [aws_s3_bucket_policy.this]
}

output "arn" {
  description = "The bucket's ARN."
  value       = local.arn
}

output "key_arn" {
  description = "The ARN of the key that its objects are encrypted with."
  value       = aws_kms_key.this.arn
}
