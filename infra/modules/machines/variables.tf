variable "name" {
  description = "The lake's name; what is made begins with it."
  type        = string
}

variable "place" {
  description = "Where this is: partition, region and account."
  type        = object({ partition = string, region = string, account = string })
}

variable "folder" {
  description = "The folder of the state machines' definitions, one JSON file each."
  type        = string
}

variable "large" {
  description = "What converts large batches, which is the name of the file too: lambda, glue or emr."
  type        = string
}

variable "lake" {
  description = "Where headwater.yaml lies, for jobs."
  type        = string
}

variable "entry_point" {
  description = "Where the script of the job lies, for EMR Serverless."
  type        = string
}

variable "archive" {
  description = "Where the packed environment of jobs lies, for EMR Serverless."
  type        = string
  default     = ""
}

variable "functions" {
  description = "The names of the functions that machines call."
  type        = map(string)
}

variable "job" {
  description = "The name of the Glue job that large batches go to."
  type        = string
}

variable "topic" {
  description = "The topic of notices, and its key."
  type        = object({ arn = string, key = string })
}

variable "spark" {
  description = "The application of EMR Serverless and the role of its jobs, where there is one."
  type        = object({ application = string, application_arn = string, role_arn = string })
  default     = null
}

variable "log_days" {
  description = "How long logs are kept."
  type        = number
  default     = 365
}
