locals {
  names = { for zone, _ in var.zones : zone => "${var.name}-${zone}-${var.account}" }
}

module "bucket" {
  source   = "../bucket"
  for_each = var.zones

  bucket              = local.names[each.key]
  alias               = "${var.name}-${each.key}"
  account             = var.account
  partition           = var.partition
  archive             = each.value.archive
  expire_days         = each.value.expire_days
  former_archive_days = each.value.former_archive_days
  former_days         = each.value.former_days
  force_destroy       = var.force_destroy

  encrypted_connections = var.encrypted_connections
}
