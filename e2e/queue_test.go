// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
)

// describeQueue returns what AWS keeps about the queues and the bucket of a stack.
const describeQueue = `
import json, os
import boto3

name, bucket = os.environ["NAME"], os.environ["BUCKET"]
sqs, cloudwatch, s3, sns = (boto3.client(service) for service in ("sqs", "cloudwatch", "s3", "sns"))
queue = sqs.get_queue_attributes(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"], AttributeNames=["All"])["Attributes"]
alarm = cloudwatch.describe_alarms(AlarmNames=[name + "-dead-letter"])["MetricAlarms"][0]
statement = json.loads(queue["Policy"])["Statement"][0]
result = {
    "redrive": json.loads(queue["RedrivePolicy"]),
    "principal": statement["Principal"], "resource": statement["Resource"], "condition": statement["Condition"],
    "alarm": {key: alarm[key] for key in ("Namespace", "MetricName", "Dimensions", "ComparisonOperator", "Threshold", "TreatMissingData", "AlarmActions")},
    "subscriptions": [s["TopicArn"] for s in sns.list_subscriptions()["Subscriptions"] if s["Endpoint"].endswith(":" + name)],
    "notifications": [q["QueueArn"] for q in s3.get_bucket_notification_configuration(Bucket=bucket).get("QueueConfigurations", [])],
}
if bucket != "existing-flow-logs":
    result["bucket"] = [s["Sid"] for s in json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]]
print(json.dumps(result))
`

// queueOfStack is the result of describeQueue.
type queueOfStack struct {
	Redrive       map[string]any
	Principal     map[string]string
	Resource      string
	Condition     map[string]map[string]string
	Alarm         map[string]any
	Subscriptions []string
	Notifications []string
	Bucket        []string
}

func TestQueueAcceptsOnlyItsOwnSourceAndHasAnAlarm(t *testing.T) {
	c := newCloud(startMoto(t))
	c.createExistingBucket(t)
	for name, test := range map[string]struct {
		parameters      map[string]string
		principal, from string
		actions         []any
	}{
		"new-bucket": {
			parameters: map[string]string{"VpcId": c.vpc(t)}, principal: "s3.amazonaws.com", from: "arn:aws:s3:::new-bucket-123456789012-eu-west-1", actions: []any{},
		},
		"from-eventbridge": {
			parameters: map[string]string{"ExistingBucket": existingBucket}, principal: "events.amazonaws.com",
			from: "arn:aws:events:eu-west-1:123456789012:rule/from-eventbridge", actions: []any{},
		},
		"from-sns": {
			parameters: map[string]string{"ExistingBucket": existingBucket, "SnsTopicArn": existingTopic, "AlarmTopicArn": existingTopic},
			principal:  "sns.amazonaws.com", from: existingTopic, actions: []any{existingTopic},
		},
	} {
		t.Run(name, func(t *testing.T) {
			test.parameters["Name"] = name
			outputs := c.deploy(t, "s3.yaml", name, test.parameters)
			var queue queueOfStack
			c.python(t, describeQueue, "", &queue, "NAME="+name, "BUCKET="+outputs["BucketName"])
			assert.Equal(t, map[string]string{"Service": test.principal}, queue.Principal)
			assert.Equal(t, queueArn(name), queue.Resource)
			assert.Equal(t, map[string]map[string]string{
				"ArnEquals": {"aws:SourceArn": test.from}, "StringEquals": {"aws:SourceAccount": "123456789012"},
			}, queue.Condition)
			assert.Equal(t, map[string]any{"deadLetterTargetArn": queueArn(name + "-dead-letter"), "maxReceiveCount": 5.0}, queue.Redrive)
			assert.Equal(t, map[string]any{
				"Namespace": "AWS/SQS", "MetricName": "ApproximateNumberOfMessagesVisible", "Threshold": 0.0, "ComparisonOperator": "GreaterThanThreshold",
				"Dimensions":       []any{map[string]any{"Name": "QueueName", "Value": name + "-dead-letter"}},
				"TreatMissingData": "notBreaching", "AlarmActions": test.actions,
			}, queue.Alarm, "an empty queue is no alarm")

			own := test.parameters["ExistingBucket"] == ""
			assert.Equal(t, own, len(queue.Notifications) == 1 && queue.Notifications[0] == queueArn(name), "the notifications of an existing bucket stay")
			assert.Equal(t, test.parameters["SnsTopicArn"] != "", len(queue.Subscriptions) == 1)
			if own {
				assert.Equal(t, []string{"FlowLogsAreDelivered", "DeliveryLooksWhoseTheBucketIs", "NothingWithoutTLS"}, queue.Bucket)
				_, err := c.s3.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(outputs["BucketName"]), Key: aws.String("AWSLogs/a")})
				assert.ErrorContains(t, err, "Forbidden", "the bucket denies access without TLS")
			}
		})
	}
}
