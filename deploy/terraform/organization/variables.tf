# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

variable "name" {
  description = "The name of the StackSet. The names of the functions contain it."
  type        = string
  default     = "flow-logs"
  validation {
    condition     = can(regex("^(?:[a-z][a-z0-9-]{1,16}[a-z0-9])$", var.name))
    error_message = "name must match [a-z][a-z0-9-]{1,16}[a-z0-9]."
  }
}

variable "organizational_unit_ids" {
  description = "The organizational units, such as ou-ab12-11111111. The id of the root, such as r-ab12, means all accounts."
  type        = list(string)
}

variable "regions" {
  description = "The regions, such as eu-west-1,us-east-1."
  type        = list(string)
}

variable "bucket_arn" {
  description = "The central bucket, output bucket_arn of the module s3 with organization_id."
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

variable "call_as" {
  description = "SELF in the management account, DELEGATED_ADMIN in an account that administers StackSets for the organization."
  type        = string
  default     = "SELF"
  validation {
    condition     = contains(["SELF", "DELEGATED_ADMIN"], var.call_as)
    error_message = "call_as must be SELF or DELEGATED_ADMIN."
  }
}
