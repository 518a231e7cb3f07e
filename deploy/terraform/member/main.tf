# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.region
}

resource "aws_iam_role" "role" {
  name_prefix = "${var.stack_name}-"
  description = "Creates flow logs for new VPCs."

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

# Listing VPCs and flow logs, and registering the delivery, cannot be limited to resources.
resource "aws_iam_role_policy" "policy" {
  name = "create-flow-logs"
  role = aws_iam_role.role.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "FindVpcs"
        Effect    = "Allow"
        Action    = ["ec2:DescribeVpcs", "ec2:DescribeFlowLogs", "logs:CreateLogDelivery"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:RequestedRegion" = local.region } }
      },
      {
        Sid    = "CreateFlowLogs"
        Effect = "Allow"
        Action = "ec2:CreateFlowLogs"
        Resource = [
          "arn:${local.partition}:ec2:${local.region}:${local.account}:vpc/*",
          "arn:${local.partition}:ec2:${local.region}:${local.account}:vpc-flow-log/*",
        ]
      },
      {
        Sid      = "WriteItsLog"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.log_group.arn}:*"
      },
    ]
  })
}

resource "aws_cloudwatch_log_group" "log_group" {
  name              = "/aws/lambda/${var.stack_name}"
  retention_in_days = 30
}

data "archive_file" "function" {
  type        = "zip"
  source_file = "${path.module}/index.py"
  output_path = "${path.module}/function.zip"
}

resource "aws_lambda_function" "function" {
  function_name    = var.stack_name
  description      = "Creates flow logs for VPCs that have none in the central bucket."
  runtime          = "python3.13"
  handler          = "index.handler"
  role             = aws_iam_role.role.arn
  timeout          = 300
  filename         = data.archive_file.function.output_path
  source_code_hash = data.archive_file.function.output_base64sha256

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.log_group.name
  }

  environment {
    variables = {
      BUCKET_ARN          = var.bucket_arn
      AGGREGATION_SECONDS = var.aggregation_seconds
      ACCOUNT             = local.account
      LOG_FORMAT = join(" ", [
        "$${version} $${account-id} $${region} $${vpc-id} $${interface-id} $${instance-id} $${srcaddr} $${dstaddr} $${pkt-srcaddr}",
        "$${pkt-dstaddr} $${srcport} $${dstport} $${protocol} $${tcp-flags} $${flow-direction} $${packets} $${bytes} $${start} $${end}",
        "$${action} $${log-status}",
      ])
    }
  }

  depends_on = [aws_iam_role_policy.policy]
}

resource "aws_cloudwatch_event_rule" "schedule" {
  name_prefix         = "${var.stack_name}-"
  description         = "Looks for new VPCs."
  schedule_expression = "rate(${var.interval_minutes} minutes)"
}

resource "aws_cloudwatch_event_target" "schedule" {
  rule      = aws_cloudwatch_event_rule.schedule.name
  target_id = "function"
  arn       = aws_lambda_function.function.arn
}

resource "aws_lambda_permission" "permission" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.function.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.schedule.arn
}
