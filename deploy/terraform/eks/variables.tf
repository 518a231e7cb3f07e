# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

variable "cluster_name" {
  description = "The EKS cluster."
  type        = string
  validation {
    condition     = can(regex("^(?:[A-Za-z0-9][A-Za-z0-9_-]{0,99})$", var.cluster_name))
    error_message = "cluster_name must match [A-Za-z0-9][A-Za-z0-9_-]{0,99}."
  }
}

variable "namespace" {
  description = "The namespace of the Helm release."
  type        = string
  default     = "security"
  validation {
    condition     = can(regex("^(?:[a-z0-9]([-a-z0-9]*[a-z0-9])?)$", var.namespace))
    error_message = "namespace must match [a-z0-9]([-a-z0-9]*[a-z0-9])?."
  }
}

variable "service_account" {
  description = "The service account. The default is the name of the chart for a release called vpcflow."
  type        = string
  default     = "vpcflow-otelcol-vpcflow"
  validation {
    condition     = can(regex("^(?:[a-z0-9]([-a-z0-9.]*[a-z0-9])?)$", var.service_account))
    error_message = "service_account must match [a-z0-9]([-a-z0-9.]*[a-z0-9])?."
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
