# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

output "log_group_name" {
  description = "The log of the collector."
  value       = aws_cloudwatch_log_group.log_group.name
}

output "cluster_name" {
  description = "The cluster of the service."
  value       = aws_ecs_cluster.cluster.name
}

output "task_role_arn" {
  description = "The role of the collector."
  value       = aws_iam_role.task_role.arn
}
