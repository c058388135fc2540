variable "bucket" {
  description = "The name of the bucket."
  type        = string
}

variable "account" {
  description = "The account that the bucket and its key belong to."
  type        = string
}

variable "partition" {
  description = "The partition of AWS: aws, aws-cn, aws-us-gov."
  type        = string
}

variable "alias" {
  description = "The name of the key, without alias/ before it."
  type        = string
}

variable "archive" {
  description = "After how many days objects go to which class of storage; null keeps them where they are."
  type        = object({ days = number, class = string })
  default     = null
}

variable "expire_days" {
  description = "After how many days objects are deleted; null keeps them for ever."
  type        = number
  default     = null
}

variable "former_archive_days" {
  description = "After how many days versions that were deleted or replaced go to Glacier; null leaves them."
  type        = number
  default     = null
}

variable "former_days" {
  description = "After how many days versions that were deleted or replaced are gone."
  type        = number
  default     = 400
}

variable "force_destroy" {
  description = "Whether destroying deletes what is in the bucket, too."
  type        = bool
  default     = false
}

variable "grants" {
  description = "Statements of the bucket's policy for services of AWS that write into it."
  type        = any
  default     = []
}

variable "key_services" {
  description = "Services of AWS that may use the key on the account's behalf, such as cloudtrail.amazonaws.com."
  type        = list(string)
  default     = []
}

variable "encrypted_connections" {
  description = "Whether connections without encryption are refused; an emulator has no others."
  type        = bool
  default     = true
}
