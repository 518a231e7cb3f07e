# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

output "delivery_stream_arn" {
  description = "The log destination for more flow logs."
  value       = aws_kinesis_firehose_delivery_stream.delivery_stream.arn
}

output "backup_bucket_name" {
  description = "The bucket with the data that the collector did not accept."
  value       = aws_s3_bucket.backup_bucket.id
}

output "log_group_name" {
  description = "The log group in which Firehose logs failed requests."
  value       = aws_cloudwatch_log_group.log_group.name
}
