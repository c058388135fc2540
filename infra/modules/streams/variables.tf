variable "name" {
  description = "The lake's name; what is made begins with it."
  type        = string
}

variable "place" {
  description = "Where this is: partition, region and account."
  type        = object({ partition = string, region = string, account = string })
}

variable "bucket" {
  description = "The raw zone's bucket, and its key."
  type        = object({ arn = string, key = string })
}

variable "streams" {
  description = "Each stream, and the feed's folder that its records become files in."
  type        = map(string)
}

variable "buffer" {
  description = "A file is written when so much has come, or after so long."
  type        = object({ mb = number, seconds = number })
  default     = { mb = 64, seconds = 60 }
}
