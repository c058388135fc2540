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
    condition = alltrue([
      yamldecode(output.headwater_yaml).catalog == "glue://acme",
      yamldecode(output.headwater_yaml).athena.workgroup == "acme-primary",
      yamldecode(output.headwater_yaml).notify[0].sns == output.topics.notices,
    ])
    error_message = "what was laid down is not used by the lake"
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
    condition     = alltrue([for alarm in ["dead letters", "given up", "job"] : module.alarms.thresholds[alarm] == 0])
    error_message = "a dead letter, a batch that was given up or a failed job is passed over"
  }

  assert {
    condition     = module.alarms.passed_over == ["Headwater.AttemptFailed"]
    error_message = "an attempt that is tried again rings an alarm"
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
      ]) : !contains(flatten([statement.Resource]), "*") || contains(["Measure", "MeasureRuns", "Log"], statement.Sid)
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
    library        = "tests/environment.tar.gz"
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
    emr     = true
    library = "tests/environment.tar.gz"
  }

  assert {
    condition     = endswith(module.machines.arn, ":stateMachine:acme-emr")
    error_message = "the machine knows nothing of EMR Serverless"
  }

  assert {
    condition     = keys(aws_s3_object.job) == ["jobs/convert.py", "jobs/environment.tar.gz"]
    error_message = "the job has no script, or nothing to run from"
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(module.emr[0].policy).Statement :
      contains(jsondecode(module.functions.policies["convert"]).Statement, statement)
    ]) && contains([for statement in jsondecode(module.emr[0].policy).Statement : statement.Sid], "KeepBooks")
    error_message = "the job may do something else than the function that converts"
  }
}

run "large_batches_go_to_glue_where_it_has_a_wheel" {
  command = apply

  variables {
    library = "tests/headwater-0.1.0-py3-none-any.whl"
  }

  assert {
    condition     = endswith(module.machines.arn, ":stateMachine:acme-glue") && contains(keys(aws_s3_object.job), "jobs/headwater-0.1.0-py3-none-any.whl")
    error_message = "the job has nothing to run from"
  }

  assert {
    condition     = strcontains(module.catalog.arguments["--additional-python-modules"], "/jobs/headwater-0.1.0-py3-none-any.whl,")
    error_message = "the wheel is not installed"
  }
}

run "a_library_need_not_be_used" {
  command = plan

  variables {
    large   = "lambda"
    library = "tests/headwater-0.1.0-py3-none-any.whl"
  }

  assert {
    condition     = length(aws_s3_object.job) == 0 && !contains(keys(module.catalog.arguments), "--additional-python-modules")
    error_message = "functions convert everything, and a job was made ready"
  }
}

run "jobs_without_a_library_are_refused" {
  command = plan
  variables {
    large = "glue"
  }
  expect_failures = [var.library]
}

run "a_wheel_is_nothing_to_emr_serverless" {
  command = plan
  variables {
    emr     = true
    library = "tests/headwater-0.1.0-py3-none-any.whl"
  }
  expect_failures = [var.library]
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

run "what_headwater_yaml_takes_lies_beside_it_and_may_be_read" {
  command = apply

  variables {
    files   = { "models/daily.sql" = "tests/lake.tftest.hcl" }
    words   = { SENDER = "shops" }
    secrets = { HOOK = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:hook-Ab12Cd" }
  }

  assert {
    condition     = aws_s3_object.files["models/daily.sql"].key == "models/daily.sql"
    error_message = "a file that is named is not there"
  }

  assert {
    condition     = jsondecode(aws_s3_object.environment.content).words.SENDER == "shops"
    error_message = "a word that is taken is not there"
  }

  assert {
    condition = alltrue([
      for policy in concat(values(module.functions.policies), module.catalog.policies) : length([
        for statement in jsondecode(policy).Statement : statement
        if statement.Sid == "ReadSecrets" && join(",", flatten([statement.Resource])) == var.secrets["HOOK"]
      ]) == 1
    ])
    error_message = "a secret that is taken may not be read, or others may"
  }

  assert {
    condition     = yamldecode(output.headwater_yaml).catalog == "glue://acme" && yamldecode(output.headwater_yaml).athena.workgroup == "acme-primary"
    error_message = "Athena does not know the tables"
  }
}
