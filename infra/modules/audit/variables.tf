variable "name" {
  description = "The lake's name; what is made begins with it."
  type        = string
}

variable "place" {
  description = "Where this is: partition, region and account."
  type        = object({ partition = string, region = string, account = string })
}

variable "buckets" {
  description = "The ARNs of the buckets whose objects' reads and writes are recorded."
  type        = list(string)
}

variable "keep_days" {
  description = "How long the trail is kept."
  type        = number
  default     = 2557 # seven years
}

variable "force_destroy" {
  description = "Whether destroying deletes the trail's bucket with what is in it."
  type        = bool
  default     = false
}

variable "encrypted_connections" {
  description = "Whether connections without encryption are refused; an emulator has no others."
  type        = bool
  default     = true
}
