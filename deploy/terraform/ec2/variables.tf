# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

variable "name" {
  description = "The name of the launch template and of its instances."
  type        = string
  default     = "otelcol-vpcflow"
  validation {
    condition     = can(regex("^(?:[a-z0-9][a-z0-9-]{1,20}[a-z0-9])$", var.name))
    error_message = "name must match [a-z0-9][a-z0-9-]{1,20}[a-z0-9]."
  }
}

variable "image_id" {
  description = "The parameter with the image of Amazon Linux 2023."
  type        = string
  default     = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
}

variable "instance_type" {
  description = "The type of the instance. Two cores and 8 GiB are enough for most networks."
  type        = string
  default     = "m7i.large"
}

variable "package_url" {
  description = "The RPM package for the architecture of the image."
  type        = string
  default     = "https://github.com/vpcflow/otelcol-vpcflow/releases/download/v0.2.0/otelcol-vpcflow-0.2.0-1.x86_64.rpm"
  validation {
    condition     = can(regex("^(?:https://.+[.]rpm)$", var.package_url))
    error_message = "package_url must match https://.+[.]rpm."
  }
}

variable "package_sha256" {
  description = "The checksum of the package, from SHA256SUMS of the release."
  type        = string
  validation {
    condition     = can(regex("^(?:[0-9a-f]{64})$", var.package_sha256))
    error_message = "package_sha256 must match [0-9a-f]{64}."
  }
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

variable "security_group_id" {
  description = "The security group of the instance. The collector needs no inbound rule."
  type        = string
}
