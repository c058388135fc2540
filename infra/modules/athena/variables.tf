variable "name" {
  description = "The lake's name; what is made begins with it."
  type        = string
}

variable "results" {
  description = "The bucket of results, and its key."
  type        = object({ bucket = string, key = string })
}

variable "workgroups" {
  description = "Each workgroup, and how many bytes one of its queries may scan."
  type        = map(number)
  default = {
    primary   = 107374182400   # 100 GiB, half a dollar
    analytics = 1099511627776  # 1 TiB, five dollars
    ml        = 10995116277760 # 10 TiB, fifty
  }

  validation {
    condition     = alltrue([for bytes in values(var.workgroups) : bytes >= 10485760])
    error_message = "Athena knows no limit below 10 MiB, which is the least it bills."
  }
}

variable "force_destroy" {
  description = "Whether destroying deletes workgroups that hold saved queries, too."
  type        = bool
  default     = false
}
