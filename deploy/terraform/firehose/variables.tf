# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

variable "vpc_id" {
  description = "The VPC to watch. Empty creates no flow log. More flow logs can use the same delivery stream."
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^(?:(vpc-[0-9a-f]+)?)$", var.vpc_id))
    error_message = "vpc_id must match (vpc-[0-9a-f]+)?."
  }
}

variable "endpoint_url" {
  description = "The URL of the collector or of its load balancer. Firehose requires port 443 and a certificate of a public CA."
  type        = string
  validation {
    condition     = can(regex("^(?:https://.+)$", var.endpoint_url))
    error_message = "endpoint_url must match https://.+."
  }
}

variable "access_key" {
  description = "firehose::access_key of the collector."
  type        = string
  sensitive   = true
  validation {
    condition     = length(var.access_key) >= 16 && length(var.access_key) <= 4096
    error_message = "access_key must have 16 to 4096 characters."
  }
}

variable "name" {
  description = "The prefix of the names of the delivery stream and the backup bucket."
  type        = string
  default     = "flow-logs"
  validation {
    condition     = can(regex("^(?:[a-z0-9][a-z0-9-]{1,20}[a-z0-9])$", var.name))
    error_message = "name must match [a-z0-9][a-z0-9-]{1,20}[a-z0-9]."
  }
}

variable "buffer_seconds" {
  description = "How many seconds Firehose buffers data before it sends a request."
  type        = number
  default     = 60
  validation {
    condition     = var.buffer_seconds >= 0 && var.buffer_seconds <= 900
    error_message = "buffer_seconds must be at least 0 and at most 900."
  }
}

variable "buffer_mib" {
  description = "How many MiB Firehose buffers before it sends a request."
  type        = number
  default     = 5
  validation {
    condition     = var.buffer_mib >= 1 && var.buffer_mib <= 64
    error_message = "buffer_mib must be at least 1 and at most 64."
  }
}

variable "retry_seconds" {
  description = "How many seconds Firehose retries data that the collector does not accept. Then it writes the data to the backup bucket."
  type        = number
  default     = 7200
  validation {
    condition     = var.retry_seconds >= 0 && var.retry_seconds <= 7200
    error_message = "retry_seconds must be at least 0 and at most 7200."
  }
}

variable "retention_days" {
  description = "How many days the backup bucket keeps data."
  type        = number
  default     = 30
  validation {
    condition     = var.retention_days >= 1
    error_message = "retention_days must be at least 1."
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
