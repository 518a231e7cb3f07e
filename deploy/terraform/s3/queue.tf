# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

# Receives messages that were received five times and not deleted, because their objects cannot be read.
resource "aws_sqs_queue" "dead_letter_queue" {
  name                      = "${var.name}-dead-letter"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

resource "aws_cloudwatch_metric_alarm" "dead_letter_alarm" {
  alarm_name          = "${var.name}-dead-letter"
  alarm_description   = "Flow log objects could not be read in five attempts. See docs/aws-setup.md."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.dead_letter_queue.name }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_topic_arn == "" ? null : [var.alarm_topic_arn]
}

resource "aws_sqs_queue" "queue" {
  name                       = var.name
  message_retention_seconds  = 1209600
  visibility_timeout_seconds = 120
  sqs_managed_sse_enabled    = true

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letter_queue.arn
    maxReceiveCount     = 5
  })
}

# The bucket needs this policy before it can notify.
resource "aws_sqs_queue_policy" "queue_policy" {
  queue_url = aws_sqs_queue.queue.url

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "NewObjectsAreAnnounced"
      Effect    = "Allow"
      Principal = { Service = local.own_bucket ? "s3.amazonaws.com" : local.has_topic ? "sns.amazonaws.com" : "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.queue.arn
      Condition = {
        ArnEquals = {
          "aws:SourceArn" = (
            local.own_bucket ? "arn:${local.partition}:s3:::${local.bucket_name}" :
            local.has_topic ? var.sns_topic_arn :
            "arn:${local.partition}:events:${local.region}:${local.account}:rule/${var.name}"
          )
        }
        StringEquals = { "aws:SourceAccount" = local.has_topic ? split(":", var.sns_topic_arn)[4] : local.account }
      }
    }]
  })
}

resource "aws_s3_bucket_notification" "bucket" {
  count  = local.own_bucket ? 1 : 0
  bucket = aws_s3_bucket.bucket[0].id

  queue {
    events        = ["s3:ObjectCreated:*"]
    queue_arn     = aws_sqs_queue.queue.arn
    filter_prefix = "AWSLogs/"
  }

  depends_on = [aws_sqs_queue_policy.queue_policy]
}

resource "aws_sns_topic_subscription" "subscription" {
  count                = local.has_topic ? 1 : 0
  topic_arn            = var.sns_topic_arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.queue.arn
  raw_message_delivery = true

  depends_on = [aws_sqs_queue_policy.queue_policy]
}

# EventBridge must be on for the existing bucket.
resource "aws_cloudwatch_event_rule" "event_rule" {
  count       = local.has_events ? 1 : 0
  name        = var.name
  description = "Sends notifications of new flow log objects to the queue of otelcol-vpcflow."

  event_pattern = jsonencode({
    source      = ["aws.s3"]
    detail-type = ["Object Created"]
    detail = {
      bucket = { name = [var.existing_bucket] }
      object = { key = [{ prefix = "${var.existing_prefix}AWSLogs/" }] }
    }
  })
}

resource "aws_cloudwatch_event_target" "event_rule" {
  count     = local.has_events ? 1 : 0
  rule      = aws_cloudwatch_event_rule.event_rule[0].name
  target_id = "queue"
  arn       = aws_sqs_queue.queue.arn
}
