# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  region  = data.aws_region.current.region
}

# Firehose logs the collector's error responses here.
resource "aws_cloudwatch_log_group" "log_group" {
  name              = "/aws/kinesisfirehose/${var.name}"
  retention_in_days = 30
}

resource "aws_cloudwatch_log_stream" "endpoint_log_stream" {
  log_group_name = aws_cloudwatch_log_group.log_group.name
  name           = "HttpEndpointDelivery"
}

resource "aws_cloudwatch_log_stream" "backup_log_stream" {
  log_group_name = aws_cloudwatch_log_group.log_group.name
  name           = "BackupDelivery"
}

resource "aws_iam_role" "delivery_role" {
  name_prefix = "${var.name}-firehose-"
  description = "The role that Firehose assumes."

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "firehose.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "sts:ExternalId" = local.account } }
    }]
  })
}

resource "aws_iam_role_policy" "delivery_policy" {
  name = "deliver"
  role = aws_iam_role.delivery_role.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "UseTheBackupBucket"
        Effect   = "Allow"
        Action   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
        Resource = aws_s3_bucket.backup_bucket.arn
      },
      {
        Sid      = "BackUp"
        Effect   = "Allow"
        Action   = ["s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"]
        Resource = "${aws_s3_bucket.backup_bucket.arn}/*"
      },
      {
        Sid      = "WriteItsLog"
        Effect   = "Allow"
        Action   = "logs:PutLogEvents"
        Resource = "${aws_cloudwatch_log_group.log_group.arn}:*"
      },
    ]
  })
}

resource "aws_kinesis_firehose_delivery_stream" "delivery_stream" {
  name        = var.name
  destination = "http_endpoint"

  server_side_encryption {
    enabled  = true
    key_type = "AWS_OWNED_CMK"
  }

  http_endpoint_configuration {
    name               = "otelcol-vpcflow"
    url                = var.endpoint_url
    access_key         = var.access_key
    role_arn           = aws_iam_role.delivery_role.arn
    buffering_interval = var.buffer_seconds
    buffering_size     = var.buffer_mib
    retry_duration     = var.retry_seconds
    s3_backup_mode     = "FailedDataOnly"

    request_configuration {
      content_encoding = "GZIP"
    }

    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = aws_cloudwatch_log_group.log_group.name
      log_stream_name = aws_cloudwatch_log_stream.endpoint_log_stream.name
    }

    s3_configuration {
      role_arn           = aws_iam_role.delivery_role.arn
      bucket_arn         = aws_s3_bucket.backup_bucket.arn
      compression_format = "GZIP"

      cloudwatch_logging_options {
        enabled         = true
        log_group_name  = aws_cloudwatch_log_group.log_group.name
        log_stream_name = aws_cloudwatch_log_stream.backup_log_stream.name
      }
    }
  }

  # This tag allows the log delivery service of AWS to write to the delivery stream.
  tags = { LogDeliveryEnabled = "true" }

  depends_on = [aws_iam_role_policy.delivery_policy, aws_s3_bucket_policy.backup_bucket_policy]
}

# The fields that the rules use. docs/aws-setup.md explains each.
resource "aws_flow_log" "flow_log" {
  count                    = var.vpc_id == "" ? 0 : 1
  vpc_id                   = var.vpc_id
  traffic_type             = "ALL"
  max_aggregation_interval = var.aggregation_seconds
  log_destination_type     = "kinesis-data-firehose"
  log_destination          = aws_kinesis_firehose_delivery_stream.delivery_stream.arn

  log_format = join(" ", [
    "$${version} $${account-id} $${region} $${vpc-id} $${interface-id} $${instance-id} $${srcaddr} $${dstaddr} $${pkt-srcaddr}",
    "$${pkt-dstaddr} $${srcport} $${dstport} $${protocol} $${tcp-flags} $${flow-direction} $${packets} $${bytes} $${start} $${end}",
    "$${action} $${log-status}",
  ])

  tags = { Name = var.name }
}
