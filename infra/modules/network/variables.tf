variable "name" {
  description = "The lake's name; what is made begins with it."
  type        = string
}

variable "region" {
  description = "The region."
  type        = string
}

variable "range" {
  description = "The network's addresses; each subnet has a sixteenth of them."
  type        = string
  default     = "10.64.0.0/20"
}

variable "zones" {
  description = "Availability zones, one subnet each."
  type        = list(string)
}

variable "interfaces" {
  description = "Services that are reached through an interface, which is billed by the hour in each zone."
  type        = set(string)
  default     = ["athena", "glue", "kms", "lambda", "logs", "monitoring", "sns", "sqs", "states"]
}
