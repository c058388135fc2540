variable "name" {
  description = "The lake's name; what is made begins with it."
  type        = string
}

variable "account" {
  description = "The account."
  type        = string
}

variable "partition" {
  description = "The partition of AWS."
  type        = string
}

variable "zones" {
  description = "Each zone, and what its lifecycle does."
  type = map(object({
    archive             = optional(object({ days = number, class = string }))
    expire_days         = optional(number)
    former_archive_days = optional(number)
    former_days         = optional(number, 400)
  }))

  # A live part of a table is named by the table's log and nowhere else, and a lifecycle rule
  # cannot read logs. So tables may only go where they can still be read at once.
  validation {
    condition = alltrue([
      for zone in ["processed", "curated"] :
      contains(["GLACIER_IR", "INTELLIGENT_TIERING", "STANDARD_IA"], var.zones[zone].archive.class)
      if try(var.zones[zone].archive, null) != null
    ])
    error_message = "Tables may go to GLACIER_IR, INTELLIGENT_TIERING or STANDARD_IA only: queries cannot wait for a restore."
  }
}

variable "replicated" {
  description = "The zones that are replicated into the other region."
  type        = set(string)
  default     = []
}

variable "force_destroy" {
  description = "Whether destroying deletes what is in the buckets, too."
  type        = bool
  default     = false
}

variable "encrypted_connections" {
  description = "Whether connections without encryption are refused; an emulator has no others."
  type        = bool
  default     = true
}
