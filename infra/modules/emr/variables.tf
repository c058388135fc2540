variable "name" {
  description = "The lake's name; what is made begins with it."
  type        = string
}

variable "account" {
  description = "The account."
  type        = string
}

variable "may" {
  description = "What jobs may do, as statements of a policy: what the function may that converts."
  type        = any # statements differ in whether they have conditions
}

variable "most" {
  description = "What all jobs together may take at most."
  type        = object({ cpu = string, memory = string })
  default     = { cpu = "64 vCPU", memory = "256 GB" }
}

variable "network" {
  description = "Subnets and security groups, where jobs are to run in a network."
  type        = object({ subnets = list(string), groups = list(string) })
  default     = null
}
