output "name" {
  description = "The ledger's table."
  value       = aws_dynamodb_table.ledger.name
}

output "workflows" {
  description = "The tables of workflows, by what each tells of."
  value       = { for table, made in aws_dynamodb_table.workflows : table => made.name }
}

output "table_arns" {
  description = "The ledger's table and those of workflows."
  value       = concat([aws_dynamodb_table.ledger.arn], [for made in aws_dynamodb_table.workflows : made.arn])
}

output "index_arns" {
  description = "The indexes of the ledger's table."
  value       = [for index, _ in local.indexes : "${aws_dynamodb_table.ledger.arn}/index/${index}"]
}

output "key_arn" {
  description = "The key that the tables are encrypted with."
  value       = aws_kms_key.this.arn
}
