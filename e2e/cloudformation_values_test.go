// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// stackValues evaluates the functions of a template for a stack in moto.
type stackValues struct {
	*template
	t          *testing.T
	parameters map[string]string
	ids        map[string]string // the physical ids of the resources
}

// noValue is AWS::NoValue, which removes a property or an item.
type noValue struct{}

func (s *stackValues) reference(name string) any {
	s.t.Helper()
	switch name {
	case "AWS::AccountId":
		return "123456789012"
	case "AWS::Partition":
		return "aws"
	case "AWS::Region":
		return "eu-west-1"
	case "AWS::NoValue":
		return noValue{}
	}
	if p, ok := s.Parameters[name]; ok {
		if value, ok := s.parameters[name]; ok {
			return value
		}
		return fmt.Sprint(p["Default"])
	}
	require.Contains(s.t, s.ids, name, "moto has no such resource")
	return s.ids[name]
}

func (s *stackValues) attribute(name, attribute string) string {
	s.t.Helper()
	id := s.reference(name).(string)
	switch kind := s.Resources[name].Type; kind + "." + attribute {
	case "AWS::SQS::Queue.Arn":
		return queueArn(id[strings.LastIndex(id, "/")+1:])
	case "AWS::SQS::Queue.QueueName":
		return id[strings.LastIndex(id, "/")+1:]
	case "AWS::S3::Bucket.Arn":
		return "arn:aws:s3:::" + id
	case "AWS::KMS::Key.Arn":
		return "arn:aws:kms:eu-west-1:123456789012:key/" + id
	default:
		require.Fail(s.t, "unknown attribute", kind+"."+attribute)
		return ""
	}
}

func (s *stackValues) condition(name string) bool {
	return name == "" || s.value(s.Conditions[name]).(bool)
}

// value returns a value without functions.
func (s *stackValues) value(value any) any {
	s.t.Helper()
	switch value := value.(type) {
	case []any:
		result := []any{}
		for _, item := range value {
			if item = s.value(item); item != any(noValue{}) {
				result = append(result, item)
			}
		}
		return result
	case map[string]any:
		if len(value) == 1 {
			for name, argument := range value {
				if strings.HasPrefix(name, "Fn::") || name == "Ref" {
					return s.function(name, argument)
				}
			}
		}
		result := map[string]any{}
		for name, item := range value {
			if item = s.value(item); item != any(noValue{}) {
				result[name] = item
			}
		}
		return result
	default:
		return value
	}
}

func (s *stackValues) function(name string, argument any) any {
	s.t.Helper()
	switch name {
	case "Ref":
		return s.reference(argument.(string))
	case "Fn::GetAtt":
		pair := argument.([]any)
		return s.attribute(pair[0].(string), pair[1].(string))
	case "Fn::Sub":
		return substitute.ReplaceAllStringFunc(argument.(string), func(match string) string {
			if name, attribute, found := strings.Cut(match[2:len(match)-1], "."); found {
				return s.attribute(name, attribute)
			}
			return s.reference(match[2 : len(match)-1]).(string)
		})
	case "Fn::If":
		choices := argument.([]any)
		if s.condition(choices[0].(string)) {
			return s.value(choices[1])
		}
		return s.value(choices[2])
	}
	arguments := s.value(argument).([]any)
	switch name {
	case "Fn::Equals":
		return arguments[0] == arguments[1]
	case "Fn::Not":
		return !arguments[0].(bool)
	case "Fn::And":
		return !slices.Contains(arguments, any(false))
	case "Fn::Or":
		return slices.Contains(arguments, any(true))
	case "Fn::Select":
		return arguments[1].([]any)[arguments[0].(int)]
	case "Fn::Split":
		parts := []any{}
		for part := range strings.SplitSeq(arguments[1].(string), arguments[0].(string)) {
			parts = append(parts, part)
		}
		return parts
	default:
		require.Fail(s.t, "unknown function", name)
		return nil
	}
}

// createIgnored creates what moto leaves out of a stack, with the properties of the template.
const createIgnored = `
import json, sys
import boto3

def queue_policy(p):
    for url in p["Queues"]:
        boto3.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(p["PolicyDocument"])})

def bucket_policy(p):
    boto3.client("s3").put_bucket_policy(Bucket=p["Bucket"], Policy=json.dumps(p["PolicyDocument"]))

def notifications(p):
    queues = [{"QueueArn": q["Queue"], "Events": [q["Event"]], "Filter": {"Key": {"FilterRules": q["Filter"]["S3Key"]["Rules"]}}}
        for q in p["NotificationConfiguration"]["QueueConfigurations"]]
    boto3.client("s3").put_bucket_notification_configuration(Bucket=p["BucketName"], NotificationConfiguration={"QueueConfigurations": queues})

def subscription(p):
    boto3.client("sns").subscribe(TopicArn=p["TopicArn"], Protocol=p["Protocol"], Endpoint=p["Endpoint"],
        Attributes={"RawMessageDelivery": str(p["RawMessageDelivery"]).lower()})

def alarm(p):
    boto3.client("cloudwatch").put_metric_alarm(**p)

create = {"AWS::SQS::QueuePolicy": queue_policy, "AWS::S3::BucketPolicy": bucket_policy, "AWS::S3::Bucket": notifications,
    "AWS::SNS::Subscription": subscription, "AWS::CloudWatch::Alarm": alarm}
for resource in json.load(sys.stdin):
    create[resource["type"]](resource["properties"])
print("true")
`

// ignored returns the resources that moto did not create, and the bucket, whose notifications it ignores.
func (s *stackValues) ignored() (all []map[string]any) {
	s.t.Helper()
	for name, r := range s.Resources {
		_, created := s.ids[name]
		if s.condition(r.Condition) && (!created || r.Properties["NotificationConfiguration"] != nil) {
			all = append(all, map[string]any{"type": r.Type, "properties": s.value(r.Properties)})
		}
		assert.True(s.t, s.condition(r.Condition) || !created, "%s exists, although its condition is false", name)
	}
	return all
}
