variable "name" {
  description = "The ledger's table; the tables of workflows have -workflow_metadata and -workflow_status behind it."
  type        = string
}

variable "account" {
  description = "The account that the key belongs to."
  type        = string
}

variable "partition" {
  description = "The partition of AWS."
  type        = string
}

variable "protected" {
  description = "Whether the tables refuse to be deleted."
  type        = bool
  default     = true
}
