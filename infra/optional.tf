# What one switches on.
module "audit" {
  source        = "./modules/audit"
  count         = var.audit ? 1 : 0
  name          = var.name
  place         = local.place
  buckets       = values(module.zones.arns)
  force_destroy = !var.protected

  encrypted_connections = var.encrypted_connections
}

module "network" {
  source = "./modules/network"
  count  = var.network == null ? 0 : 1
  name   = var.name
  region = var.region
  zones  = var.network
}

module "transfer" {
  source    = "./modules/transfer"
  count     = var.sftp == null ? 0 : 1
  name      = var.name
  partition = local.place.partition
  account   = local.place.account
  users     = var.sftp
  bucket = {
    name = module.zones.buckets["raw"]
    arn  = module.zones.arns["raw"]
    key  = module.zones.key_arns["raw"]
  }
}

module "emr" {
  source  = "./modules/emr"
  count   = var.emr ? 1 : 0
  name    = var.name
  account = local.place.account
  may     = module.functions.may_convert
  network = local.network
}

module "streams" {
  source  = "./modules/streams"
  count   = length(var.streams) == 0 ? 0 : 1
  name    = var.name
  place   = local.place
  bucket  = { arn = module.zones.arns["raw"], key = module.zones.key_arns["raw"] }
  streams = var.streams
}
