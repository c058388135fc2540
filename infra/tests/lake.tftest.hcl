mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "replica"
  source = "./tests/mocks"
}

variables {
  name   = "acme"
  region = "eu-central-1"
  image  = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/headwater:1"
}

run "a_lake_is_whole" {
  command = apply

  assert {
    condition     = keys(output.functions) == ["arrivals", "commit", "convert", "fail"]
    error_message = "a function is missing"
  }

  assert {
    condition     = keys(output.workgroups) == ["analytics", "ml", "primary"]
    error_message = "a workgroup is missing"
  }

  assert {
    condition     = keys(output.dashboards) == ["cost", "pipeline-health", "quality", "query-performance"]
    error_message = "a dashboard is missing"
  }

  assert {
    condition     = module.alarms.thresholds["athena"] == 100 && module.alarms.thresholds["errors of convert"] == 5
    error_message = "alarms ring too late"
  }

  assert {
    condition     = module.alarms.thresholds["dead letters"] == 0 && module.alarms.thresholds["job"] == 0
    error_message = "a dead letter or a failed job is passed over"
  }

  assert {
    condition = alltrue([
      for action in flatten([
        for policy in concat(values(module.functions.policies), module.catalog.policies, [module.machines.policy]) :
        [for statement in jsondecode(policy).Statement : statement.Action]
      ]) : !strcontains(action, "*")
    ])
    error_message = "a role may do more than is named"
  }

  assert {
    condition = alltrue([
      for statement in flatten([
        for policy in concat(values(module.functions.policies), module.catalog.policies, [module.machines.policy]) :
        jsondecode(policy).Statement
      ]) : !contains(flatten([statement.Resource]), "*") || contains(["Measure", "Log"], statement.Sid)
    ])
    error_message = "a role may do something to everything"
  }
}

run "everything_can_be_switched_on" {
  command = apply

  variables {
    replica_region = "eu-west-1"
    network        = ["eu-central-1a", "eu-central-1b"]
    emr            = true
    streams        = { clicks = "clicks" }
    sftp           = { acme = { folder = "sales", public_key = "ssh-ed25519 AAAA acme" } }
    crawler        = "cron(0 3 * * ? *)"
    emails         = ["data@example.org"]
  }

  assert {
    condition     = output.sftp != null
    error_message = "there is no place to send files to"
  }
}

run "large_batches_go_where_there_is_something_for_them" {
  command = apply

  variables {
    emr = true
  }

  assert {
    condition     = endswith(module.machines.arn, ":stateMachine:acme-emr")
    error_message = "the machine knows nothing of EMR Serverless"
  }
}

run "a_name_that_no_bucket_may_have_is_refused" {
  command = plan
  variables {
    name = "Acme_Lake"
  }
  expect_failures = [var.name]
}

run "functions_without_code_are_refused" {
  command = plan
  variables {
    image = null
  }
  expect_failures = [var.package]
}
