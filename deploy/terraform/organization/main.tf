# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

resource "aws_cloudformation_stack_set" "members" {
  name             = var.name
  description      = "Creates flow logs for all VPCs. See docs/organization.md of otelcol-vpcflow."
  permission_model = "SERVICE_MANAGED"
  call_as          = var.call_as
  capabilities     = ["CAPABILITY_IAM"]
  template_body    = file("${path.module}/../../member.yaml")

  parameters = {
    BucketArn          = var.bucket_arn
    AggregationSeconds = var.aggregation_seconds
    IntervalMinutes    = var.interval_minutes
  }

  # Accounts that join later get the stack, too. It is deleted in accounts that leave.
  auto_deployment {
    enabled                          = true
    retain_stacks_on_account_removal = false
  }

  managed_execution {
    active = true
  }

  # An account that refuses the stack does not keep the others from getting it.
  operation_preferences {
    region_concurrency_type      = "PARALLEL"
    max_concurrent_percentage    = 25
    failure_tolerance_percentage = 100
  }

  # AWS sets this role itself for StackSets of an organization.
  lifecycle {
    ignore_changes = [administration_role_arn]
  }
}

resource "aws_cloudformation_stack_instances" "members" {
  stack_set_name = aws_cloudformation_stack_set.members.name
  call_as        = var.call_as
  regions        = var.regions

  deployment_targets {
    organizational_unit_ids = var.organizational_unit_ids
  }

  operation_preferences {
    region_concurrency_type      = "PARALLEL"
    max_concurrent_percentage    = 25
    failure_tolerance_percentage = 100
  }
}
