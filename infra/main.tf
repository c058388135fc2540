data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  tags  = merge(var.tags, { lake = var.name, made-by = "headwater" })
  place = { partition = data.aws_partition.current.partition, region = var.region, account = data.aws_caller_identity.current.account_id }

  zones = merge({
    raw        = { archive = { days = 90, class = "GLACIER" } }
    processed  = { archive = { days = 365, class = "GLACIER_IR" }, former_archive_days = 30 }
    curated    = { archive = { days = 30, class = "INTELLIGENT_TIERING" }, former_archive_days = 30 }
    quarantine = { archive = { days = 90, class = "INTELLIGENT_TIERING" } }
    manifests  = {}
    results    = { expire_days = 30, former_days = 7 }
    code       = {} # no zone: packages, the job's script, headwater.yaml
  }, var.zones)

  code = "s3://${module.zones.buckets["code"]}"
  lake = "${local.code}/headwater.yaml"
  places = {
    lake    = "s3://${module.zones.buckets["raw"]}"
    zones   = { for zone in ["raw", "processed", "curated", "quarantine", "manifests", "results"] : zone => "s3://${module.zones.buckets[zone]}" }
    ledger  = "dynamodb://${module.ledger.name}"
    queue   = "sqs://${module.queue.name}"
    catalog = "glue://${module.catalog.database}"
    region  = var.region
  }
  habits = { # what was laid down here, and is used where nobody says otherwise
    athena = { workgroup = try(module.athena.workgroups["primary"], values(module.athena.workgroups)[0]) }
    notify = [{ sns = module.alarms.notices.arn }]
  }
  given      = var.configuration == null ? "" : file(var.configuration)
  job_script = coalesce(var.job_script, "${path.module}/jobs/convert.py")

  large   = coalesce(var.large, var.emr ? "emr" : var.library == null ? "lambda" : "glue")
  network = one([for made in module.network : { subnets = made.subnets, groups = made.groups }])
}

module "zones" {
  source        = "./modules/zones"
  providers     = { aws = aws, aws.replica = aws.replica }
  name          = var.name
  account       = local.place.account
  partition     = local.place.partition
  zones         = local.zones
  replicated    = var.replica_region == null ? [] : var.replicated
  force_destroy = !var.protected

  encrypted_connections = var.encrypted_connections
}

module "queue" {
  source  = "./modules/queue"
  name    = var.name
  account = local.place.account
  bucket  = { name = module.zones.buckets["raw"], arn = module.zones.arns["raw"] }

  encrypted_connections = var.encrypted_connections
}

module "ledger" {
  source    = "./modules/ledger"
  name      = var.name
  account   = local.place.account
  partition = local.place.partition
  protected = var.protected
}

module "functions" {
  source       = "./modules/functions"
  name         = var.name
  place        = local.place
  package      = one(local.package)
  python       = var.python
  image        = var.image
  layers       = var.layers
  architecture = var.architecture
  sizes        = var.function_sizes
  buckets      = module.zones.arns
  keys         = module.zones.key_arns
  queue        = { arn = module.queue.arn, dead_arn = module.queue.dead_arn }
  ledger       = local.ledger
  topic        = module.alarms.notices
  database     = module.catalog.database
  machines     = module.machines.arns
  network      = local.network
  secrets      = values(var.secrets)
  environment = {
    HEADWATER_LAKE       = local.lake
    HEADWATER_MACHINE    = module.machines.arn
    HEADWATER_CONFIGURED = local.configured # where it changes, warm containers end
  }
}

module "machines" {
  source = "./modules/machines"
  name   = var.name
  place  = local.place
  folder = coalesce(var.machines, "${path.module}/machines")
  large  = local.large
  lake   = local.lake

  entry_point = "${local.code}/${local.script}"
  archive     = local.library == null ? "" : "${local.code}/${local.library}"
  functions   = module.functions.names
  job         = module.catalog.job
  topic       = module.alarms.notices
  spark       = one(module.emr[*].spark)
}

module "catalog" {
  source  = "./modules/catalog"
  name    = var.name
  place   = local.place
  buckets = module.zones.arns
  names   = module.zones.buckets
  keys    = module.zones.key_arns
  may     = module.functions.may_convert
  modules = local.large == "glue" ? ["${local.code}/${local.library}", "boto3>=1.44"] : [] # Glue's own knows no conditional writes
  crawler = var.crawler
}

module "athena" {
  source        = "./modules/athena"
  name          = var.name
  results       = { bucket = module.zones.buckets["results"], key = module.zones.key_arns["results"] }
  workgroups    = coalesce(var.workgroups, local.workgroups)
  force_destroy = !var.protected
}

module "alarms" {
  source     = "./modules/alarms"
  name       = var.name
  place      = local.place
  emails     = var.emails
  functions  = module.functions.names
  machines   = module.machines.arns
  job        = module.catalog.job
  queue      = local.queue
  buckets    = module.zones.buckets
  workgroups = values(module.athena.workgroups)
  limits     = var.limits
}

module "dashboards" {
  source     = "./modules/dashboards"
  count      = var.dashboards ? 1 : 0
  name       = var.name
  region     = var.region
  functions  = module.functions.names
  machines   = module.machines.arns
  queue      = local.queue
  buckets    = module.zones.buckets
  table      = module.ledger.name
  workgroups = values(module.athena.workgroups)
}

locals {
  ledger     = { tables = module.ledger.table_arns, indexes = module.ledger.index_arns, key = module.ledger.key_arn }
  queue      = { name = module.queue.name, dead = module.queue.dead_name }
  workgroups = { primary = 107374182400, analytics = 1099511627776, ml = 10995116277760 }
}
