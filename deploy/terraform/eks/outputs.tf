# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

output "role_arn" {
  description = "The role of the collector."
  value       = aws_iam_role.role.arn
}
