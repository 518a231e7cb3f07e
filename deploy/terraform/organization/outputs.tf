# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

output "stack_set_id" {
  description = "The StackSet. Its operations show the errors of accounts."
  value       = aws_cloudformation_stack_set.members.stack_set_id
}
