// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	// existingBucket notifies EventBridge and existingTopic.
	existingBucket = "existing-flow-logs"
	existingTopic  = "arn:aws:sns:eu-west-1:123456789012:existing"
)

// cloud is an account of moto.

type cloud struct {
	endpoint string
	s3       *s3.Client
}

func newCloud(endpoint string) *cloud {
	return &cloud{endpoint: endpoint, s3: s3.NewFromConfig(aws.Config{
		Region: "eu-west-1", BaseEndpoint: &endpoint,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}, func(o *s3.Options) { o.UsePathStyle = true })}
}

// call calls an operation of a service with a query API and decodes the response. moto finds the service by the signature, which it

// does not check.

func (c *cloud) call(t *testing.T, service string, parameters map[string]string, response any) {
	t.Helper()
	form := url.Values{}
	for name, value := range parameters {
		form.Set(name, value)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.endpoint, strings.NewReader(form.Encode()))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Authorization",
		"AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/"+service+"/aws4_request, SignedHeaders=host, Signature=x")
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.StatusCode, string(text))
	require.NoError(t, xml.Unmarshal(text, response), string(text))
}

// createExistingBucket creates a bucket as users have it before they deploy a template.

func (c *cloud) createExistingBucket(t *testing.T) {
	t.Helper()
	_, err := c.s3.CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket:                    aws.String(existingBucket),
		CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: "eu-west-1"},
	})
	require.NoError(t, err)
	c.call(t, "sns", map[string]string{"Action": "CreateTopic", "Version": "2010-03-31", "Name": "existing"}, &struct{}{})
	_, err = c.s3.PutBucketNotificationConfiguration(t.Context(), &s3.PutBucketNotificationConfigurationInput{
		Bucket: aws.String(existingBucket),
		NotificationConfiguration: &s3types.NotificationConfiguration{
			EventBridgeConfiguration: &s3types.EventBridgeConfiguration{},
			TopicConfigurations: []s3types.TopicConfiguration{
				{TopicArn: aws.String(existingTopic), Events: []s3types.Event{s3types.EventS3ObjectCreated}},
			},
		},
	})
	require.NoError(t, err)
}

// vpc returns the id of the default VPC.

func (c *cloud) vpc(t *testing.T) string {
	t.Helper()
	var vpcs struct {
		IDs []string `xml:"vpcSet>item>vpcId"`
	}
	c.call(t, "ec2", map[string]string{"Action": "DescribeVpcs", "Version": "2016-11-15"}, &vpcs)
	require.NotEmpty(t, vpcs.IDs)
	return vpcs.IDs[0]
}

// deploy creates a stack from a template in deploy/ and returns its outputs.

func (c *cloud) deploy(t *testing.T, file, stack string, parameters map[string]string) map[string]string {
	t.Helper()
	create := map[string]string{
		"Action": "CreateStack", "Version": "2010-05-15", "StackName": stack, "TemplateBody": read(t, "deploy/"+file),
		"Capabilities.member.1": "CAPABILITY_IAM",
	}
	count := 0
	for name, value := range parameters {
		count++
		member := "Parameters.member." + strconv.Itoa(count)
		create[member+".ParameterKey"], create[member+".ParameterValue"] = name, value
	}
	c.call(t, "cloudformation", create, &struct{}{})
	var stacks struct {
		Status  string `xml:"DescribeStacksResult>Stacks>member>StackStatus"`
		Outputs []struct {
			Key   string `xml:"OutputKey"`
			Value string `xml:"OutputValue"`
		} `xml:"DescribeStacksResult>Stacks>member>Outputs>member"`
	}
	c.call(t, "cloudformation", map[string]string{"Action": "DescribeStacks", "Version": "2010-05-15", "StackName": stack}, &stacks)
	require.Equal(t, "CREATE_COMPLETE", stacks.Status)
	outputs := map[string]string{}
	for _, output := range stacks.Outputs {
		outputs[output.Key] = output.Value
	}
	return outputs
}

// notifyQueue sets the notifications of a bucket as deploy/s3.yaml has them, because moto ignores them in templates.

func (c *cloud) notifyQueue(t *testing.T, bucket, queue string) {
	t.Helper()
	properties := loadTemplate(t, "deploy/s3.yaml").Resources["Bucket"].Properties
	notification := properties["NotificationConfiguration"].(map[string]any)["QueueConfigurations"].([]any)[0].(map[string]any)
	assert.Equal(t, map[string]any{"Fn::GetAtt": []any{"Queue", "Arn"}}, notification["Queue"])
	rule := notification["Filter"].(map[string]any)["S3Key"].(map[string]any)["Rules"].([]any)[0].(map[string]any)
	_, err := c.s3.PutBucketNotificationConfiguration(t.Context(), &s3.PutBucketNotificationConfigurationInput{
		Bucket: &bucket,
		NotificationConfiguration: &s3types.NotificationConfiguration{QueueConfigurations: []s3types.QueueConfiguration{{
			QueueArn: aws.String(queueArn(queue)), Events: []s3types.Event{s3types.Event(notification["Event"].(string))},
			Filter: &s3types.NotificationConfigurationFilter{Key: &s3types.S3KeyFilter{FilterRules: []s3types.FilterRule{{
				Name: s3types.FilterRuleName(rule["Name"].(string)), Value: aws.String(rule["Value"].(string)),
			}}}},
		}}},
	})
	require.NoError(t, err)
}

// subscribeQueue subscribes a queue to existingTopic as deploy/s3.yaml does, because moto ignores subscriptions in templates.

func (c *cloud) subscribeQueue(t *testing.T, queue string) {
	t.Helper()
	properties := loadTemplate(t, "deploy/s3.yaml").Resources["Subscription"].Properties
	assert.Equal(t, map[string]any{"Ref": "SnsTopicArn"}, properties["TopicArn"])
	assert.Equal(t, map[string]any{"Fn::GetAtt": []any{"Queue", "Arn"}}, properties["Endpoint"])
	assert.Equal(t, true, properties["RawMessageDelivery"])
	c.call(t, "sns", map[string]string{
		"Action": "Subscribe", "Version": "2010-03-31", "TopicArn": existingTopic, "Protocol": properties["Protocol"].(string),
		"Endpoint": queueArn(queue), "Attributes.entry.1.key": "RawMessageDelivery", "Attributes.entry.1.value": "true",
	}, &struct{}{})
}

func queueArn(name string) string {
	return "arn:aws:sqs:eu-west-1:123456789012:" + name
}

// motoProgram returns a program that is installed with moto.

func motoProgram(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs("../_build/moto/bin/" + name)
	require.NoError(t, err)
	return path
}

func TestTemplatesPassCfnLint(t *testing.T) {
	requireMoto(t)
	files, err := filepath.Glob("../deploy/*.yaml")
	require.NoError(t, err)
	output, err := exec.CommandContext(t.Context(), motoProgram(t, "cfn-lint"), files...).CombinedOutput()
	require.NoError(t, err, string(output))

	broken := filepath.Join(t.TempDir(), "broken.yaml")
	require.NoError(t, os.WriteFile(broken, []byte("Resources: {A: {Type: AWS::SQS::Queue, Properties: {Name: a}}}"), 0o600))
	output, err = exec.CommandContext(t.Context(), motoProgram(t, "cfn-lint"), broken).CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(output), "E3002")
}

// TestNewVPCsOfMemberAccountsGetFlowLogs runs the function of deploy/member.yaml.

// TestMessagesInTheDeadLetterQueueCauseAnAlarm reads the alarm in the template, because moto does not create alarms from templates.

func TestMessagesInTheDeadLetterQueueCauseAnAlarm(t *testing.T) {
	in := loadTemplate(t, "deploy/s3.yaml")
	alarm := in.Resources["DeadLetterAlarm"].Properties
	assert.Equal(t, "AWS/SQS", alarm["Namespace"])
	assert.Equal(t, "ApproximateNumberOfMessagesVisible", alarm["MetricName"])
	assert.Equal(t, []any{map[string]any{"Name": "QueueName", "Value": map[string]any{"Fn::GetAtt": []any{"DeadLetterQueue", "QueueName"}}}}, alarm["Dimensions"])
	assert.Equal(t, "GreaterThanThreshold", alarm["ComparisonOperator"])
	assert.Equal(t, 0, alarm["Threshold"])
	assert.Equal(t, "notBreaching", alarm["TreatMissingData"], "an empty queue is no alarm")
	assert.Equal(t, map[string]any{
		"Fn::If": []any{"HasAlarmTopic", []any{map[string]any{"Ref": "AlarmTopicArn"}}, map[string]any{"Ref": "AWS::NoValue"}},
	}, alarm["AlarmActions"])

	queue := in.Resources["Queue"].Properties["RedrivePolicy"].(map[string]any)
	assert.Equal(t, map[string]any{"Fn::GetAtt": []any{"DeadLetterQueue", "Arn"}}, queue["deadLetterTargetArn"])
	assert.Equal(t, 5, queue["maxReceiveCount"])
}

// embeddedMember is how deploy/organization.yaml contains deploy/member.yaml.

// stackSet returns the properties of the StackSet in deploy/organization.yaml.

// TestStackSetReachesAnAccountOfTheOrganization creates the StackSet by itself, because moto ignores StackSets in templates.

// python runs a script with boto3 and decodes the JSON that it prints last.

func (c *cloud) python(t *testing.T, script, input string, result any, environment ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), motoProgram(t, "python"), "-c", script)
	command.Env = append(append(command.Environ(), "AWS_ENDPOINT_URL="+c.endpoint, "AWS_DEFAULT_REGION=eu-west-1",
		"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test"), environment...)
	command.Stdin = strings.NewReader(input)
	output, err := command.CombinedOutput()
	require.NoError(t, err, string(output))
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	require.NoError(t, json.Unmarshal([]byte(lines[len(lines)-1]), result), string(output))
}
