# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

output "function_name" {
  description = "Run it to create the flow logs at once. Its log has the errors."
  value       = aws_lambda_function.function.function_name
}
