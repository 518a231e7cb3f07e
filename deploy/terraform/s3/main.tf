# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.region

  own_bucket       = var.existing_bucket == ""
  has_topic        = !local.own_bucket && var.sns_topic_arn != ""
  has_events       = !local.own_bucket && var.sns_topic_arn == ""
  has_flow_log     = local.own_bucket && var.vpc_id != ""
  has_organization = var.organization_id != ""
  has_own_key      = var.create_key ? var.kms_key_arn == "" : false # known before an existing key is created
  has_key          = var.create_key || var.kms_key_arn != ""

  bucket_name = "${var.name}-${local.account}-${local.region}"
  bucket      = local.own_bucket ? aws_s3_bucket.bucket[0].id : var.existing_bucket
  bucket_arn  = local.own_bucket ? aws_s3_bucket.bucket[0].arn : "arn:${local.partition}:s3:::${var.existing_bucket}"
  key_arn     = local.has_own_key ? aws_kms_key.key[0].arn : var.kms_key_arn

  # Who may deliver flow logs: the organization, or this account.
  source = {
    (local.has_organization ? "aws:SourceOrgID" : "aws:SourceAccount") = local.has_organization ? var.organization_id : local.account
  }
  source_arn = local.has_organization ? "arn:${local.partition}:logs:*:*:*" : "arn:${local.partition}:logs:${local.region}:${local.account}:*"

  # The fields that the rules use. docs/aws-setup.md explains each.
  log_format = join(" ", [
    "$${version} $${account-id} $${region} $${vpc-id} $${interface-id} $${instance-id} $${srcaddr} $${dstaddr} $${pkt-srcaddr}",
    "$${pkt-dstaddr} $${srcport} $${dstport} $${protocol} $${tcp-flags} $${flow-direction} $${packets} $${bytes} $${start} $${end}",
    "$${action} $${log-status}",
  ])
}

resource "aws_s3_bucket" "bucket" {
  count  = local.own_bucket ? 1 : 0
  bucket = local.bucket_name

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "bucket" {
  count  = local.own_bucket ? 1 : 0
  bucket = aws_s3_bucket.bucket[0].id

  rule {
    bucket_key_enabled = local.has_key ? true : null
    apply_server_side_encryption_by_default {
      sse_algorithm     = local.has_key ? "aws:kms" : "AES256"
      kms_master_key_id = local.has_key ? local.key_arn : null
    }
  }
}

resource "aws_s3_bucket_public_access_block" "bucket" {
  count                   = local.own_bucket ? 1 : 0
  bucket                  = aws_s3_bucket.bucket[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "bucket" {
  count  = local.own_bucket ? 1 : 0
  bucket = aws_s3_bucket.bucket[0].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "bucket" {
  count  = local.own_bucket ? 1 : 0
  bucket = aws_s3_bucket.bucket[0].id

  rule {
    id     = "expire"
    status = "Enabled"
    filter {}
    expiration {
      days = var.retention_days
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

resource "aws_s3_bucket_policy" "bucket_policy" {
  count  = local.own_bucket ? 1 : 0
  bucket = aws_s3_bucket.bucket[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "FlowLogsAreDelivered"
        Effect    = "Allow"
        Principal = { Service = "delivery.logs.amazonaws.com" }
        Action    = "s3:PutObject"
        Resource  = "${aws_s3_bucket.bucket[0].arn}/AWSLogs/*"
        Condition = {
          StringEquals = merge(local.source, { "s3:x-amz-acl" = "bucket-owner-full-control" })
          ArnLike      = { "aws:SourceArn" = local.source_arn }
        }
      },
      {
        Sid       = "DeliveryLooksWhoseTheBucketIs"
        Effect    = "Allow"
        Principal = { Service = "delivery.logs.amazonaws.com" }
        Action    = "s3:GetBucketAcl"
        Resource  = aws_s3_bucket.bucket[0].arn
        Condition = {
          StringEquals = local.source
          ArnLike      = { "aws:SourceArn" = local.source_arn }
        }
      },
      {
        Sid       = "NothingWithoutTLS"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.bucket[0].arn, "${aws_s3_bucket.bucket[0].arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })

  # S3 refuses two changes of a bucket's access at the same time.
  depends_on = [aws_s3_bucket_public_access_block.bucket]
}

resource "aws_kms_key" "key" {
  count               = local.has_own_key ? 1 : 0
  description         = "Encrypts flow logs."
  enable_key_rotation = true

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AccountManagesTheKey"
        Effect    = "Allow"
        Principal = { AWS = "arn:${local.partition}:iam::${local.account}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "FlowLogsAreEncrypted"
        Effect    = "Allow"
        Principal = { Service = "delivery.logs.amazonaws.com" }
        Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:DescribeKey"]
        Resource  = "*"
        Condition = { StringEquals = local.source }
      },
    ]
  })

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_flow_log" "flow_log" {
  count                    = local.has_flow_log ? 1 : 0
  vpc_id                   = var.vpc_id
  traffic_type             = "ALL"
  max_aggregation_interval = var.aggregation_seconds
  log_destination_type     = "s3"
  log_destination          = aws_s3_bucket.bucket[0].arn

  log_format = local.log_format

  destination_options {
    file_format                = "plain-text"
    hive_compatible_partitions = false
    per_hour_partition         = true
  }

  tags = { Name = var.name }

  depends_on = [aws_s3_bucket_policy.bucket_policy]
}
