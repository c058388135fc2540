output "names" {
  description = "The name of each dashboard."
  value       = { for board, made in aws_cloudwatch_dashboard.this : board => made.dashboard_name }
}
