variable "name" {
  description = "The lake's name: everything that is made begins with it, and buckets end with the account's number."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "A name has 3 to 32 small letters, digits and hyphens, and begins with a letter: buckets know no others."
  }
}

variable "region" {
  description = "The region."
  type        = string
}

variable "tags" {
  description = "Tags of everything that is made."
  type        = map(string)
  default     = {}
}

variable "protected" {
  description = "Whether data is protected from being destroyed: buckets that are not empty, tables, saved queries."
  type        = bool
  default     = true
}

variable "configuration" {
  description = "The path of what headwater.yaml says beside its places: feeds, models and all else."
  type        = string
  default     = null
}

variable "files" {
  description = "The files that headwater.yaml names, such as models/daily.sql, and the path of each here."
  type        = map(string)
  default     = {}
}

variable "words" {
  description = "What $${NAME} in headwater.yaml stands for. It can be read in Terraform's state: no secrets."
  type        = map(string)
  default     = {}
}

variable "secrets" {
  description = "The ARNs of secrets in Secrets Manager that $${NAME} in headwater.yaml stands for."
  type        = map(string)
  default     = {}
}

variable "package" {
  description = "The path of the zip that holds all functions, as headwater deploy makes it. Or use an image."
  type        = string
  default     = null

  validation {
    condition     = var.image != null || var.package != null
    error_message = "Functions need code: name the zip in package, or an image."
  }
}

variable "python" {
  description = "The version of Python that the package was made with."
  type        = string
  default     = "3.13"
}

variable "large" {
  description = "What converts large batches: lambda, glue or emr; null goes by what there is."
  type        = string
  default     = null

  validation {
    condition     = var.large == null || contains(["lambda", "glue", "emr"], coalesce(var.large, "none"))
    error_message = "Large batches are converted by lambda, glue or emr."
  }
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

variable "function_sizes" {
  description = "Memory, scratch space and patience of functions, where they differ from the defaults."
  type = map(object({
    memory_mb       = optional(number)
    scratch_mb      = optional(number)
    timeout_seconds = optional(number)
  }))
  default = {}
}

variable "job_script" {
  description = "The path of the script of jobs, in place of jobs/convert.py."
  type        = string
  default     = null
}

variable "library" {
  description = "The path of what jobs run from: a wheel of Headwater for Glue, a packed environment (.tar.gz) for EMR Serverless."
  type        = string
  default     = null

  validation {
    condition = (
      var.library == null ?
      coalesce(var.large, var.emr ? "emr" : "lambda") == "lambda" :
      endswith(coalesce(var.library, "none"), coalesce(var.large, var.emr ? "emr" : "glue") == "emr" ? ".tar.gz" : ".whl")
    )
    error_message = "Jobs need a library: a wheel (.whl) for Glue, a packed environment (.tar.gz) for EMR Serverless."
  }
}

variable "machines" {
  description = "The folder of the state machines' definitions; the one beside this file if null."
  type        = string
  default     = null
}

variable "zones" {
  description = "What zones' lifecycles do, where it differs from the defaults."
  type = map(object({
    archive             = optional(object({ days = number, class = string }))
    expire_days         = optional(number)
    former_archive_days = optional(number)
    former_days         = optional(number, 400)
  }))
  default = {}
}

variable "replica_region" {
  description = "The region that zones are replicated into; null replicates nothing."
  type        = string
  default     = null
}

variable "replicated" {
  description = "The zones that are replicated, where a region is named for it."
  type        = set(string)
  default     = ["raw", "processed"]
}

variable "emails" {
  description = "Who is written to about alarms and notices."
  type        = list(string)
  default     = []
}

variable "limits" {
  description = "What is too much, where it differs from the defaults of modules/alarms."
  type = object({
    error_percent   = optional(number, 5)
    dead_letters    = optional(number, 0)
    age_seconds     = optional(number, 900)
    bucket_gb       = optional(number, 10000)
    athena_usd      = optional(number, 100)
    athena_usd_a_tb = optional(number, 5)
  })
  default = {}
}

variable "workgroups" {
  description = "Athena's workgroups, and how many bytes one query may scan; null takes the defaults of modules/athena."
  type        = map(number)
  default     = null
}

variable "crawler" {
  description = "When a crawler looks at the tables, as cron(…); null has none."
  type        = string
  default     = null
}

variable "audit" {
  description = "Whether CloudTrail records who reads and writes objects."
  type        = bool
  default     = true
}

variable "dashboards" {
  description = "Whether there are dashboards, which are billed by the month."
  type        = bool
  default     = true
}

variable "network" {
  description = "Availability zones of a network that functions run in; null has no network, and costs nothing by the hour."
  type        = list(string)
  default     = null
}

variable "sftp" {
  description = "Who may send files by SFTP: a feed's folder and a public SSH key for each; null has no server."
  type        = map(object({ folder = string, public_key = string }))
  default     = null
}

variable "emr" {
  description = "Whether there is an application of EMR Serverless."
  type        = bool
  default     = false
}

variable "streams" {
  description = "Streams of Kinesis, and the feed's folder that each becomes files in."
  type        = map(string)
  default     = {}
}

variable "path_style" {
  description = "Whether buckets are named in paths, not in host names, as an emulator needs it."
  type        = bool
  default     = false
}

variable "max_retries" {
  description = "How often a request to AWS is repeated."
  type        = number
  default     = 10
}

variable "encrypted_connections" {
  description = "Whether connections without encryption are refused; an emulator has no others."
  type        = bool
  default     = true
}
