variable "name" {
  description = "The lake's name; what is made begins with it."
  type        = string
}

variable "partition" {
  description = "The partition of AWS."
  type        = string
}

variable "account" {
  description = "The account."
  type        = string
}

variable "bucket" {
  description = "The raw zone's bucket, and its key."
  type        = object({ name = string, arn = string, key = string })
}

variable "users" {
  description = "Who may send files by SFTP: a feed's folder and a public SSH key for each."
  type        = map(object({ folder = string, public_key = string }))
  default     = {}
}
