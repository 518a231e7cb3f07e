# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

variable "vpc_id" {
  description = "The VPC to watch. Empty, or with an existing bucket, no flow log is created. More flow logs can write to the same bucket."
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^(?:(vpc-[0-9a-f]+)?)$", var.vpc_id))
    error_message = "vpc_id must match (vpc-[0-9a-f]+)?."
  }
}

variable "name" {
  description = "The prefix of the names of the bucket and the queues."
  type        = string
  default     = "flow-logs"
  validation {
    condition     = can(regex("^(?:[a-z0-9][a-z0-9-]{1,20}[a-z0-9])$", var.name))
    error_message = "name must match [a-z0-9][a-z0-9-]{1,20}[a-z0-9]."
  }
}

variable "retention_days" {
  description = "How many days flow logs are kept. During this time they can be read again."
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

variable "organization_id" {
  description = "All accounts of this organization may deliver flow logs to the bucket. Empty means this account in this region."
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^(?:(o-[a-z0-9]{10,32})?)$", var.organization_id))
    error_message = "organization_id must match (o-[a-z0-9]{10,32})?."
  }
}

variable "existing_bucket" {
  description = "A bucket of this account that has flow logs already. Empty creates a bucket."
  type        = string
  default     = ""
}

variable "existing_prefix" {
  description = "What comes before AWSLogs/ in the keys of the existing bucket, such as central/. Empty means nothing."
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^(?:([A-Za-z0-9!_.()/-]+/)?)$", var.existing_prefix))
    error_message = "existing_prefix must match ([A-Za-z0-9!_.()/-]+/)?."
  }
}

variable "sns_topic_arn" {
  description = "The topic that the existing bucket notifies. Empty means that the existing bucket notifies EventBridge."
  type        = string
  default     = ""
}

variable "alarm_topic_arn" {
  description = "The topic that receives the alarm of the dead-letter queue. Empty means none."
  type        = string
  default     = ""
}

variable "collector_principal_arn" {
  description = "The principal that may assume the collector's role, such as a role of another account. Empty means this account."
  type        = string
  default     = ""
}

variable "external_id" {
  description = "The external_id that the collector must send. Empty means none."
  type        = string
  default     = ""
}

variable "create_key" {
  description = "Creates a KMS key that encrypts the new bucket."
  type        = bool
  default     = false
}

variable "kms_key_arn" {
  description = "An existing KMS key that encrypts the bucket. Its policy must allow delivery.logs.amazonaws.com. Empty means S3 managed keys, or the key of create_key."
  type        = string
  default     = ""
}
