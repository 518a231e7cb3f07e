# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

resource "aws_security_group" "state_security_group" {
  name_prefix = "${var.name}-state-"
  description = "The state of the collector."
  vpc_id      = var.vpc_id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "state_security_group" {
  security_group_id            = aws_security_group.state_security_group.id
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
  referenced_security_group_id = aws_security_group.security_group.id
}

resource "aws_efs_file_system" "state" {
  encrypted = true
  tags      = { Name = var.name }

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_efs_backup_policy" "state" {
  file_system_id = aws_efs_file_system.state.id

  backup_policy {
    status = "ENABLED"
  }
}

# All files belong to the user of the image, 10001.
resource "aws_efs_access_point" "state_access" {
  file_system_id = aws_efs_file_system.state.id

  posix_user {
    uid = 10001
    gid = 10001
  }

  root_directory {
    path = "/state"
    creation_info {
      owner_uid   = 10001
      owner_gid   = 10001
      permissions = "0700"
    }
  }
}

resource "aws_efs_mount_target" "state_mount_a" {
  file_system_id  = aws_efs_file_system.state.id
  subnet_id       = var.subnet_id
  security_groups = [aws_security_group.state_security_group.id]
}

resource "aws_efs_mount_target" "state_mount_b" {
  count           = local.has_second_subnet ? 1 : 0
  file_system_id  = aws_efs_file_system.state.id
  subnet_id       = var.second_subnet_id
  security_groups = [aws_security_group.state_security_group.id]
}
