terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region            = var.region
  max_retries       = var.max_retries
  s3_use_path_style = var.path_style
  default_tags {
    tags = local.tags
  }
}

provider "aws" {
  alias             = "replica"
  region            = coalesce(var.replica_region, var.region)
  max_retries       = var.max_retries
  s3_use_path_style = var.path_style
  default_tags {
    tags = local.tags
  }
}
