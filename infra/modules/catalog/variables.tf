variable "name" {
  description = "The lake's name; what is made begins with it."
  type        = string
}

variable "place" {
  description = "Where this is: partition, region and account."
  type        = object({ partition = string, region = string, account = string })
}

variable "buckets" {
  description = "The ARN of each zone's bucket."
  type        = map(string)
}

variable "names" {
  description = "The name of each zone's bucket."
  type        = map(string)
}

variable "keys" {
  description = "The ARN of each zone's key."
  type        = map(string)
}

variable "may" {
  description = "What the job may do, as statements of a policy: what the function may that converts."
  type        = any # statements differ in whether they have conditions
}

variable "modules" {
  description = "What pip installs for the job: a wheel in a bucket, and what is newer than Glue's own."
  type        = list(string)
  default     = []
}

variable "script" {
  description = "The key of the job's script in the bucket of code."
  type        = string
  default     = "jobs/convert.py"
}

variable "arguments" {
  description = "Arguments of the job, beside its own."
  type        = map(string)
  default     = {}
}

variable "workers" {
  description = "How many workers a run has; two are the least, and 2 DPUs."
  type        = number
  default     = 2
}

variable "crawler" {
  description = "When a crawler looks at the tables, as cron(…); null has none, since commits keep the catalogue current."
  type        = string
  default     = null
}
