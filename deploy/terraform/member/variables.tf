# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

variable "bucket_arn" {
  description = "The central bucket, output bucket_arn of the module s3."
  type        = string
  validation {
    condition     = can(regex("^(?:arn:aws[a-z-]*:s3:::[a-z0-9.-]+)$", var.bucket_arn))
    error_message = "bucket_arn must match arn:aws[a-z-]*:s3:::[a-z0-9.-]+."
  }
}

variable "aggregation_seconds" {
  description = "The longest time that one record covers. 60 gives faster alerts, 600 gives fewer records to pay for."
  type        = number
  default     = 60
  validation {
    condition     = contains([60, 600], var.aggregation_seconds)
    error_message = "aggregation_seconds must be 60 or 600."
  }
}

variable "interval_minutes" {
  description = "How often new VPCs are looked for, in minutes."
  type        = number
  default     = 15
  validation {
    condition     = var.interval_minutes >= 5 && var.interval_minutes <= 1440
    error_message = "interval_minutes must be at least 5 and at most 1440."
  }
}

variable "stack_name" {
  description = "The name of the function. The template has the name of its stack instead."
  type        = string
  default     = "flow-logs-member"
  validation {
    condition     = can(regex("^(?:[A-Za-z][A-Za-z0-9-]{0,36})$", var.stack_name))
    error_message = "stack_name must match [A-Za-z][A-Za-z0-9-]{0,36}."
  }
}
