# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

data "aws_region" "current" {}

data "aws_ssm_parameter" "image" {
  name = var.image_id
}

resource "aws_iam_role" "role" {
  name_prefix = "${var.name}-"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ec2.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "role" {
  role       = aws_iam_role.role.name
  policy_arn = var.collector_policy_arn
}

resource "aws_iam_role_policy" "secret_policy" {
  name = "secrets"
  role = aws_iam_role.role.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "ReadSecrets"
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = var.secret_arn
    }]
  })
}

resource "aws_iam_instance_profile" "profile" {
  name_prefix = "${var.name}-"
  role        = aws_iam_role.role.name
}

resource "aws_launch_template" "launch_template" {
  name                   = var.name
  image_id               = data.aws_ssm_parameter.image.insecure_value
  instance_type          = var.instance_type
  vpc_security_group_ids = [var.security_group_id]

  iam_instance_profile {
    arn = aws_iam_instance_profile.profile.arn
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  # The state is on this volume, which stays when the instance is terminated.
  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      volume_type           = "gp3"
      volume_size           = 20
      encrypted             = true
      delete_on_termination = false
    }
  }

  tag_specifications {
    resource_type = "instance"
    tags          = { Name = var.name }
  }

  tag_specifications {
    resource_type = "volume"
    tags          = { Name = var.name }
  }

  user_data = base64encode(<<-EOT
    #!/bin/bash
    set -euo pipefail
    cd "$(mktemp -d)"
    curl -fsSL --retry 5 -o package.rpm '${var.package_url}'
    echo '${var.package_sha256}  package.rpm' | sha256sum --check
    dnf install -y ./package.rpm jq
    umask 077
    aws secretsmanager get-secret-value --region '${data.aws_region.current.region}' --secret-id '${var.secret_arn}' --query SecretString --output text |
      jq -r '"SLACK_WEBHOOK_URL=" + .SLACK_WEBHOOK_URL, "DASHBOARD_PASSWORD=" + .DASHBOARD_PASSWORD' >/etc/otelcol-vpcflow/otelcol-vpcflow.env
    echo 'SQS_QUEUE_URL=${var.queue_url}' >>/etc/otelcol-vpcflow/otelcol-vpcflow.env
    install -m 644 /usr/share/otelcol-vpcflow/config/production.yaml /etc/otelcol-vpcflow/config.yaml
    systemctl restart otelcol-vpcflow
  EOT
  )

  depends_on = [aws_iam_role_policy.secret_policy]
}
