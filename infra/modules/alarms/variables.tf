variable "name" {
  description = "The lake's name; what is made begins with it."
  type        = string
}

variable "place" {
  description = "Where this is: partition, region and account."
  type        = object({ partition = string, region = string, account = string })
}

variable "emails" {
  description = "Who is written to; each address has to confirm it once."
  type        = list(string)
  default     = []
}

variable "functions" {
  description = "The names of the functions."
  type        = map(string)
}

variable "machines" {
  description = "The ARNs of the state machines."
  type        = list(string)
}

variable "job" {
  description = "The name of the Glue job."
  type        = string
}

variable "queue" {
  description = "The names of the queue and of the one for dead letters."
  type        = object({ name = string, dead = string })
}

variable "buckets" {
  description = "The name of each zone's bucket."
  type        = map(string)
}

variable "workgroups" {
  description = "The names of Athena's workgroups; one alarm can add up five."
  type        = list(string)

  validation {
    condition     = length(var.workgroups) <= 5
    error_message = "An alarm of CloudWatch adds up ten metrics at most, and each workgroup has two."
  }
}

variable "limits" {
  description = "What is too much."
  type = object({
    error_percent   = optional(number, 5)
    dead_letters    = optional(number, 0)
    age_seconds     = optional(number, 900)
    bucket_gb       = optional(number, 10000)
    athena_usd      = optional(number, 100)
    athena_usd_a_tb = optional(number, 5)
  })
  default = {}
}
