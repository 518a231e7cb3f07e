# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

resource "aws_iam_policy" "collector_policy" {
  name_prefix = "${var.name}-collector-"
  description = "The permissions that otelcol-vpcflow needs to read flow logs."

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "TakeMessages"
        Effect   = "Allow"
        Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"]
        Resource = aws_sqs_queue.queue.arn
      },
      {
        Sid      = "ReadObjects"
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = "${local.bucket_arn}/${local.own_bucket ? "" : var.existing_prefix}AWSLogs/*"
      },
      # Needed for listing. With it, S3 also reports a deleted object as missing instead of denied.
      {
        Sid      = "ListObjects"
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = local.bucket_arn
      },
      # Without a key, the statement names an alias, which grants nothing.
      {
        Sid      = "DecryptObjects"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = local.has_key ? local.key_arn : "arn:${local.partition}:kms:${local.region}:${local.account}:alias/aws/s3"
      },
    ]
  })
}

resource "aws_iam_role" "collector_role" {
  name_prefix = "${var.name}-collector-"
  description = "Reads flow logs. Use it as role_arn of otelcol-vpcflow."

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      # Without an external id, the statement has no condition.
      for key, value in {
        Effect    = "Allow"
        Principal = { AWS = var.collector_principal_arn == "" ? "arn:${local.partition}:iam::${local.account}:root" : var.collector_principal_arn }
        Action    = "sts:AssumeRole"
        Condition = { StringEquals = { "sts:ExternalId" = var.external_id } }
      } : key => value if key != "Condition" || var.external_id != ""
    }]
  })
}

resource "aws_iam_role_policy_attachment" "collector_role" {
  role       = aws_iam_role.collector_role.name
  policy_arn = aws_iam_policy.collector_policy.arn
}
