# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.region

  has_second_subnet = var.second_subnet_id != ""
  file_systems      = "arn:${local.partition}:elasticfilesystem:${local.region}:${local.account}"
}

resource "aws_ecs_cluster" "cluster" {
  name = var.name
}

resource "aws_cloudwatch_log_group" "log_group" {
  name              = "/ecs/${var.name}"
  retention_in_days = 30
}

resource "aws_security_group" "security_group" {
  name_prefix = "${var.name}-"
  description = "The collector."
  vpc_id      = var.vpc_id

  lifecycle {
    create_before_destroy = true
  }
}

# CloudFormation adds this rule to each security group, and Terraform removes it.
resource "aws_vpc_security_group_egress_rule" "security_group" {
  security_group_id = aws_security_group.security_group.id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_ingress_rule" "page_ingress" {
  count             = var.page_cidr == "" ? 0 : 1
  security_group_id = aws_security_group.security_group.id
  ip_protocol       = "tcp"
  from_port         = 8765
  to_port           = 8765
  cidr_ipv4         = var.page_cidr
}

# ECS uses this role to start the task.
resource "aws_iam_role" "execution_role" {
  name_prefix = "${var.name}-start-"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "execution_policy" {
  name = "start"
  role = aws_iam_role.execution_role.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "WriteItsLog"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.log_group.arn}:*"
      },
      {
        Sid      = "ReadSecrets"
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = var.secret_arn
      },
    ]
  })
}

# The collector uses this role.
resource "aws_iam_role" "task_role" {
  name_prefix = "${var.name}-"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "task_role" {
  role       = aws_iam_role.task_role.name
  policy_arn = var.collector_policy_arn
}

resource "aws_iam_role_policy" "state_policy" {
  name = "state"
  role = aws_iam_role.task_role.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "MountState"
      Effect   = "Allow"
      Action   = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
      Resource = "${local.file_systems}:file-system/${aws_efs_file_system.state.id}"
      Condition = {
        StringEquals = { "elasticfilesystem:AccessPointArn" = "${local.file_systems}:access-point/${aws_efs_access_point.state_access.id}" }
      }
    }]
  })
}

resource "aws_ecs_task_definition" "task" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = aws_iam_role.execution_role.arn
  task_role_arn            = aws_iam_role.task_role.arn

  volume {
    name = "state"
    efs_volume_configuration {
      file_system_id     = aws_efs_file_system.state.id
      transit_encryption = "ENABLED"
      authorization_config {
        access_point_id = aws_efs_access_point.state_access.id
        iam             = "ENABLED"
      }
    }
  }

  container_definitions = jsonencode([{
    name      = "collector"
    image     = var.image
    essential = true
    # EFS keeps the lock of a task that has died until its lease ends. With fsync, the files stay whole if the host fails.
    command = [
      "--config",
      "/etc/otelcol-vpcflow/production.yaml",
      "--config",
      "yaml:extensions: {file_storage: {timeout: 3m, fsync: true}}",
      "--config",
      "yaml:${var.config}",
    ]
    # The collector writes only to the mount of its state, not to /tmp.
    readonlyRootFilesystem = true
    stopTimeout            = 60
    portMappings           = [{ containerPort = 8765 }, { containerPort = 8888 }]
    environment = [
      { name = "SQS_QUEUE_URL", value = var.queue_url },
      { name = "DASHBOARD_ENDPOINT", value = "0.0.0.0:8765" },
      { name = "METRICS_HOST", value = "0.0.0.0" },
    ]
    secrets = [
      { name = "SLACK_WEBHOOK_URL", valueFrom = "${var.secret_arn}:SLACK_WEBHOOK_URL::" },
      { name = "DASHBOARD_PASSWORD", valueFrom = "${var.secret_arn}:DASHBOARD_PASSWORD::" },
    ]
    mountPoints = [{ sourceVolume = "state", containerPath = "/var/lib/otelcol-vpcflow", readOnly = false }]
    healthCheck = { command = ["CMD", "/healthcheck"], interval = 30, timeout = 5, retries = 3, startPeriod = 120 }
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.log_group.name
        awslogs-region        = local.region
        awslogs-stream-prefix = "collector"
      }
    }
  }])
}

# Never more than one task: file_storage keeps its databases (bbolt) in files that two collectors must not open. An update
# stops the old task before it starts the new one.
resource "aws_ecs_service" "service" {
  name                               = var.name
  cluster                            = aws_ecs_cluster.cluster.id
  task_definition                    = aws_ecs_task_definition.task.arn
  launch_type                        = "FARGATE"
  desired_count                      = 1
  deployment_minimum_healthy_percent = 0
  deployment_maximum_percent         = 100
  wait_for_steady_state              = true

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    assign_public_ip = var.assign_public_ip == "ENABLED"
    subnets          = compact([var.subnet_id, var.second_subnet_id])
    security_groups  = [aws_security_group.security_group.id]
  }

  depends_on = [
    aws_efs_mount_target.state_mount_a,
    aws_iam_role_policy.execution_policy,
    aws_iam_role_policy.state_policy,
    aws_vpc_security_group_egress_rule.security_group,
  ]
}
