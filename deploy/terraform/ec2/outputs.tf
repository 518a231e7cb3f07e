# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

output "launch_template_id" {
  description = "Start an instance with it. The instance needs a subnet that reaches AWS, GitHub and Slack."
  value       = aws_launch_template.launch_template.id
}

output "role_arn" {
  description = "The role of the instance."
  value       = aws_iam_role.role.arn
}
