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

// subnets returns the ids of the subnets of the default VPC, which are more than one.
func (c *cloud) subnets(t *testing.T) []string {
	t.Helper()
	var subnets struct {
		IDs []string `xml:"subnetSet>item>subnetId"`
	}
	c.call(t, "ec2", map[string]string{"Action": "DescribeSubnets", "Version": "2016-11-15"}, &subnets)
	require.Greater(t, len(subnets.IDs), 1)
	return subnets.IDs
}

// deploy creates a stack from a template in deploy/, also the resources that moto ignores, and returns its outputs.
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
	c.complete(t, file, stack, parameters)
	outputs := map[string]string{}
	for _, output := range stacks.Outputs {
		outputs[output.Key] = output.Value
	}
	return outputs
}

// complete creates the resources that moto ignores in a template. It fails for one that it does not know.
func (c *cloud) complete(t *testing.T, file, stack string, parameters map[string]string) {
	t.Helper()
	var created struct {
		Resources []struct {
			Name string `xml:"LogicalResourceId"`
			ID   string `xml:"PhysicalResourceId"`
		} `xml:"DescribeStackResourcesResult>StackResources>member"`
	}
	c.call(t, "cloudformation", map[string]string{"Action": "DescribeStackResources", "Version": "2010-05-15", "StackName": stack}, &created)
	values := &stackValues{template: loadTemplate(t, "deploy/"+file), t: t, parameters: parameters, ids: map[string]string{}}
	for _, r := range created.Resources {
		values.ids[r.Name] = r.ID
	}
	if ignored := values.ignored(); len(ignored) > 0 {
		text, err := json.Marshal(ignored)
		require.NoError(t, err)
		var done bool
		c.python(t, createIgnored, string(text), &done)
	}
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
