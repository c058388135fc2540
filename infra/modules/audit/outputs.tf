output "bucket" {
  description = "The bucket of the trail."
  value       = module.bucket.bucket
}
