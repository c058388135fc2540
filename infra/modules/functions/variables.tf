variable "name" {
  description = "The lake's name; what is made begins with it."
  type        = string
}

variable "place" {
  description = "Where this is: partition, region and account."
  type        = object({ partition = string, region = string, account = string })
}

variable "package" {
  description = "The zip of all functions as an object: its bucket, key and version; null where an image is used."
  type        = object({ bucket = string, key = string, version = string })
  default     = null
}

variable "python" {
  description = "The version of Python that the package was made with."
  type        = string
  default     = "3.13"
}

variable "image" {
  description = "An image that holds all functions, in place of zips."
  type        = string
  default     = null
}

variable "layers" {
  description = "Layers that every function stands on."
  type        = list(string)
  default     = []
}

variable "architecture" {
  description = "What the packages were built for: x86_64 or arm64."
  type        = string
  default     = "x86_64"
}

variable "environment" {
  description = "What every function finds in its environment."
  type        = map(string)
  default     = {}
}

variable "secrets" {
  description = "The ARNs of the secrets that headwater.yaml takes."
  type        = list(string)
  default     = []
}

variable "sizes" {
  description = "Memory, scratch space and patience of functions, where they differ from the defaults."
  type = map(object({
    memory_mb       = optional(number)
    scratch_mb      = optional(number)
    timeout_seconds = optional(number)
  }))
  default = {}
}

variable "buckets" {
  description = "The ARN of each zone's bucket."
  type        = map(string)
}

variable "keys" {
  description = "The ARN of each zone's key."
  type        = map(string)
}

variable "queue" {
  description = "The queue that wakes arrivals, and the one for dead letters."
  type        = object({ arn = string, dead_arn = string })
}

variable "ledger" {
  description = "The tables of the ledger, their indexes, and their key."
  type        = object({ tables = list(string), indexes = list(string), key = string })
}

variable "topic" {
  description = "The topic of notices, and its key."
  type        = object({ arn = string, key = string })
}

variable "database" {
  description = "The database of the Glue catalogue that tables are entered in."
  type        = string
}

variable "machines" {
  description = "The ARNs of the state machines whose executions arrivals begins."
  type        = list(string)
}

variable "timer" {
  description = "How often batches are looked at that have waited long enough."
  type        = string
  default     = "rate(1 minute)"
}

variable "notices" {
  description = "How often somebody looks whether there is anything to tell: what is late, missing, refused or given up."
  type        = string
  default     = "rate(15 minutes)"
}

variable "reconcile" {
  description = "How often the raw zone is listed for files of the last three days whose event was lost."
  type        = string
  default     = "rate(6 hours)"
}

variable "search" {
  description = "How often it is listed for such files of any age: the ledger is asked of each."
  type        = string
  default     = "rate(7 days)"
}

variable "network" {
  description = "Subnets and security groups, where functions are to run in a network."
  type        = object({ subnets = list(string), groups = list(string) })
  default     = null
}

variable "log_days" {
  description = "How long logs are kept."
  type        = number
  default     = 365
}
