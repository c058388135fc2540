variable "name" {
  description = "The lake's name; what is made begins with it."
  type        = string
}

variable "region" {
  description = "The region that the metrics are of."
  type        = string
}

variable "functions" {
  description = "The names of the functions."
  type        = map(string)
}

variable "machines" {
  description = "The ARNs of the state machines."
  type        = list(string)
}

variable "queue" {
  description = "The names of the queue and of the one for dead letters."
  type        = object({ name = string, dead = string })
}

variable "buckets" {
  description = "The name of each zone's bucket."
  type        = map(string)
}

variable "table" {
  description = "The ledger's table."
  type        = string
}

variable "workgroups" {
  description = "The names of Athena's workgroups."
  type        = list(string)
}
