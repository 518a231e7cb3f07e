# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

output "bucket_name" {
  description = "s3::bucket of the collector."
  value       = local.bucket
}

output "bucket_arn" {
  description = "The log destination of more flow logs, and bucket_arn of the module member."
  value       = local.bucket_arn
}

output "log_format" {
  description = "The format of more flow logs."
  value       = local.log_format
}

output "queue_url" {
  description = "s3::sqs_queue_url of the collector."
  value       = aws_sqs_queue.queue.url
}

output "dead_letter_queue_url" {
  description = "The queue with the messages of objects that could not be read."
  value       = aws_sqs_queue.dead_letter_queue.url
}

output "collector_role_arn" {
  description = "s3::role_arn of a collector that assumes the role."
  value       = aws_iam_role.collector_role.arn
}

output "collector_policy_arn" {
  description = "Attach it to the role that the collector already has, such as the role of its instance or service account."
  value       = aws_iam_policy.collector_policy.arn
}
