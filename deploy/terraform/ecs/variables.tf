# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

variable "vpc_id" {
  description = "The VPC of the service."
  type        = string
}

variable "subnet_id" {
  description = "A subnet that reaches AWS and Slack, such as a private subnet with a NAT gateway."
  type        = string
}

variable "second_subnet_id" {
  description = "A subnet in another availability zone, where the service continues if the first zone fails. Empty means none."
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^(?:(subnet-[0-9a-f]+)?)$", var.second_subnet_id))
    error_message = "second_subnet_id must match (subnet-[0-9a-f]+)?."
  }
}

variable "assign_public_ip" {
  description = "ENABLED only for public subnets without a NAT gateway."
  type        = string
  default     = "DISABLED"
  validation {
    condition     = contains(["DISABLED", "ENABLED"], var.assign_public_ip)
    error_message = "assign_public_ip must be DISABLED or ENABLED."
  }
}

variable "name" {
  description = "The name of the service."
  type        = string
  default     = "otelcol-vpcflow"
  validation {
    condition     = can(regex("^(?:[a-z0-9][a-z0-9-]{1,20}[a-z0-9])$", var.name))
    error_message = "name must match [a-z0-9][a-z0-9-]{1,20}[a-z0-9]."
  }
}

variable "image" {
  description = "The image of the collector."
  type        = string
  default     = "ghcr.io/vpcflow/otelcol-vpcflow:0.2.0"
}

variable "config" {
  description = "Settings that are merged over config/production.yaml, as YAML in one line, such as {processors: {vpc_detection: {internal_networks: [10.0.0.0/8, 203.0.113.0/24]}}}. A list replaces a list."
  type        = string
  default     = "{}"
}

variable "queue_url" {
  description = "Output queue_url of the module s3."
  type        = string
  validation {
    condition     = can(regex("^(?:https://.+)$", var.queue_url))
    error_message = "queue_url must match https://.+."
  }
}

variable "collector_policy_arn" {
  description = "Output collector_policy_arn of the module s3."
  type        = string
  validation {
    condition     = can(regex("^(?:arn:aws[a-z-]*:iam::.+)$", var.collector_policy_arn))
    error_message = "collector_policy_arn must match arn:aws[a-z-]*:iam::.+."
  }
}

variable "secret_arn" {
  description = "A secret of Secrets Manager with the keys SLACK_WEBHOOK_URL and DASHBOARD_PASSWORD."
  type        = string
  validation {
    condition     = can(regex("^(?:arn:aws[a-z-]*:secretsmanager:.+)$", var.secret_arn))
    error_message = "secret_arn must match arn:aws[a-z-]*:secretsmanager:.+."
  }
}

variable "page_cidr" {
  description = "The addresses that may open the page on port 8765, such as those of your VPN. The page asks for a password, but has no TLS, so use private addresses only. Empty means that nobody can open the page."
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^(?:((10|172[.](1[6-9]|2[0-9]|3[01])|192[.]168|100[.](6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7]))[.][0-9.]+/[0-9]+)?)$", var.page_cidr))
    error_message = "page_cidr must be a private range, such as 10.0.0.0/8."
  }
}

variable "cpu" {
  description = "CPU units of the task. 1024 is one core."
  type        = string
  default     = "1024"
  validation {
    condition     = contains(["512", "1024", "2048", "4096"], var.cpu)
    error_message = "cpu must be 512 or 1024 or 2048 or 4096."
  }
}

variable "memory" {
  description = "MiB of memory of the task."
  type        = string
  default     = "2048"
}
