variable "name" {
  description = "The queue's name; the queue of dead letters has -dead behind it."
  type        = string
}

variable "account" {
  description = "The account whose bucket may write."
  type        = string
}

variable "bucket" {
  description = "The raw zone's bucket, whose new objects are announced."
  type        = object({ name = string, arn = string })
}

variable "visibility_seconds" {
  description = "How long a message is hidden from others: six times what the function may take."
  type        = number
  default     = 360
}

variable "max_receives" {
  description = "How often a message is tried before it is a dead letter."
  type        = number
  default     = 50
}

variable "encrypted_connections" {
  description = "Whether connections without encryption are refused; an emulator has no others."
  type        = bool
  default     = true
}
