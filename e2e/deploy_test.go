// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// permissions maps each AWS operation that the receiver calls to the action that it needs. See the service authorization
// reference of AWS.
var permissions = map[string]string{
	"s3.GetObject":                "s3:GetObject",
	"s3.HeadObject":               "s3:GetObject",
	"s3.ListObjectsV2":            "s3:ListBucket",
	"sqs.ReceiveMessage":          "sqs:ReceiveMessage",
	"sqs.DeleteMessage":           "sqs:DeleteMessage",
	"sqs.ChangeMessageVisibility": "sqs:ChangeMessageVisibility",
}

// decryption is the action that objects with KMS encryption also need.
const decryption = "kms:Decrypt"

func templates(t *testing.T) map[string]*template {
	t.Helper()
	all := map[string]*template{}
	names, err := filepath.Glob("../deploy/*.yaml")
	require.NoError(t, err)
	for _, name := range names {
		all[filepath.Base(name)] = loadTemplate(t, "deploy/"+filepath.Base(name))
	}
	require.Len(t, all, 2)
	return all
}

func TestTemplatesHaveNoErrors(t *testing.T) {
	for file, in := range templates(t) {
		assert.Empty(t, in.problems(), file)
	}
}

func TestErrorsInTemplatesAreFound(t *testing.T) {
	for problem, text := range map[string]string{
		"Y does not exist": "Resources: {A: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Y}}}",
		"X does not exist": `Resources: {A: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub "${X}-a"}}}`,
		"Z does not exist": "Resources: {A: {Type: AWS::SQS::Queue, DependsOn: [Z]}}",
		"C does not exist": "Resources: {A: {Type: AWS::SQS::Queue, Properties: {QueueName: !If [C, a, b]}}}",
		"P is not used":    "{Parameters: {P: {Type: String}}, Resources: {A: {Type: AWS::SQS::Queue}}}",
		"A has no Url":     "{Resources: {A: {Type: AWS::SQS::Queue}}, Outputs: {O: {Value: !GetAtt A.Url}}}",
		"A is in a cycle": "Resources: {A: {Type: AWS::SQS::Queue, Properties: {QueueName: !GetAtt B.Arn}}, " +
			"B: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref A}}}",
		"B is in a cycle": "Resources: {A: {Type: AWS::SQS::Queue}, B: {Type: AWS::S3::Bucket, DependsOn: B}}",
	} {
		assert.Equal(t, problem, strings.Join(parseTemplate(t, text).problems(), ", "))
	}
}

func TestPoliciesHaveNoWildcards(t *testing.T) {
	for file, in := range templates(t) {
		granted := 0
		for _, s := range in.statements() {
			if s.effect != "Allow" {
				continue
			}
			granted++
			for _, action := range s.actions {
				assert.NotContains(t, action, "*", "%s: %s", file, s.resource)
				assert.Contains(t, action, ":", "%s: %s", file, s.resource)
			}
			for _, resource := range s.resources {
				assert.NotEqual(t, "*", resource, "%s: %s", file, s.resource)
			}
			assert.NotEqual(t, "*", s.principal, "%s: %s", file, s.resource)
			assert.NotContains(t, texts(s.principal), "map[AWS:*]", "%s: %s", file, s.resource)
		}
		assert.Greater(t, granted, 2)
	}
}

func TestCollectorHasExactlyThePermissionsItNeeds(t *testing.T) {
	call := regexp.MustCompile(`\b((?:s3|sqs)\.\w+)Input\{`)
	calls := 0
	require.NoError(t, filepath.WalkDir("../receiver/vpcflowreceiver", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := os.ReadFile(name)
		for _, match := range call.FindAllStringSubmatch(string(text), -1) {
			calls++
			assert.Contains(t, permissions, match[1], "%s calls an operation without a permission", name)
		}
		return err
	}))
	require.GreaterOrEqual(t, calls, 5)

	want := map[string]bool{decryption: true}
	for _, action := range permissions {
		want[action] = true
	}
	granted := map[string]bool{}
	for _, s := range loadTemplate(t, "deploy/s3.yaml").statements() {
		if s.resource == "CollectorPolicy" {
			require.Equal(t, "Allow", s.effect)
			for _, action := range s.actions {
				granted[action] = true
			}
		}
	}
	assert.Equal(t, want, granted)
	for action := range want {
		assert.Contains(t, read(t, "docs/aws-setup.md"), "`"+action+"`")
	}
}

// fieldsOf returns the fields of the flow log in a template.
func fieldsOf(t *testing.T, in *template) []string {
	t.Helper()
	var fields []string
	for field := range strings.FieldsSeq(in.Resources["FlowLog"].Properties["LogFormat"].(string)) {
		require.Regexp(t, `^\$\{[a-z-]+\}$`, field)
		fields = append(fields, field[2:len(field)-1])
	}
	return fields
}

var (
	// notInEndpointRecords are the fields of a Flow that a record of a gateway sets.
	notInEndpointRecords = map[string]bool{"Hop": true, "LocalIsDst": true, "NamesGateway": true}
	// onlyDescribesMachines are the fields of a Flow that only add to the description of a machine in alerts.
	onlyDescribesMachines = map[string]bool{
		"Subnet": true, "Zone": true, "ECSCluster": true, "ECSService": true, "ECSTask": true,
		"InstanceTag": true, "InterfaceTag": true, "GroupTag": true,
	}
)

func TestFlowLogsOfTemplatesHaveAllFieldsThatRulesUse(t *testing.T) {
	for file, in := range templates(t) {
		fields := fieldsOf(t, in)
		format, err := flow.NewFormat(fields)
		require.NoError(t, err)
		require.Empty(t, format.Unknown())

		values := map[string]string{
			"version": "5", "account-id": "123456789010", "region": "eu-west-1", "vpc-id": "vpc-1", "interface-id": "eni-1", "instance-id": "i-1",
			"srcaddr": "10.0.0.1", "dstaddr": "10.0.0.2", "pkt-srcaddr": "10.0.1.1", "pkt-dstaddr": "10.0.1.2", "srcport": "40000", "dstport": "443",
			"protocol": "6", "tcp-flags": "2", "flow-direction": "ingress", "packets": "1", "bytes": "40", "start": "1700000000", "end": "1700000060",
			"action": "ACCEPT", "log-status": "NODATA",
		}
		line := make([]string, len(fields))
		for i, field := range fields {
			line[i] = values[field]
			assert.NotEmpty(t, line[i], "%s: no sample value for field %s", file, field)
		}
		var got flow.Flow
		require.NoError(t, format.Flow(strings.Join(line, " "), &got))
		all := reflect.ValueOf(got)
		for i := range all.NumField() {
			if name := all.Type().Field(i).Name; !notInEndpointRecords[name] && !onlyDescribesMachines[name] {
				assert.False(t, all.Field(i).IsZero(), "%s: no field sets %s", file, name)
			}
		}
		line[slices.Index(fields, "instance-id")] = "-"
		require.NoError(t, format.Flow(strings.Join(line, " "), &got))
		assert.True(t, got.Hop)
		assert.True(t, got.NamesGateway)
		line[slices.Index(fields, "srcaddr")] = values["pkt-srcaddr"]
		require.NoError(t, format.Flow(strings.Join(line, " "), &got))
		assert.True(t, got.LocalIsDst)

		docs := read(t, "docs/aws-setup.md")
		for _, field := range fields {
			assert.Regexp(t, "(?m)^\\|[^|]*`"+field+"`[^|]*\\| \\w", docs, "%s: docs/aws-setup.md does not explain the field", file)
		}
		assert.Contains(t, docs, strings.Join(fields, ", "), file)
		assert.Contains(t, docs, "${"+strings.Join(fields, "} ${")+"}", file)
	}
}

func TestFirehoseConfigurationHasTheFormatOfItsTemplate(t *testing.T) {
	var config struct {
		Receivers map[string]struct{ Format []string }
	}
	require.NoError(t, yaml.Unmarshal([]byte(read(t, "config/firehose.yaml")), &config))
	assert.Equal(t, fieldsOf(t, loadTemplate(t, "deploy/firehose.yaml")), config.Receivers["vpc_flow"].Format)
}

func TestBucketsAreEncryptedAndNotPublic(t *testing.T) {
	for file, in := range templates(t) {
		denied := map[string]bool{}
		for _, s := range in.statements() {
			denied[s.resource] = denied[s.resource] || s.effect == "Deny" && slices.Contains(s.actions, "s3:*")
		}
		for name, r := range in.Resources {
			if r.Type != "AWS::S3::Bucket" {
				continue
			}
			assert.NotEmpty(t, r.Properties["BucketEncryption"], file)
			assert.NotEmpty(t, r.Properties["LifecycleConfiguration"], file)
			assert.Equal(t, map[string]any{
				"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true,
			}, r.Properties["PublicAccessBlockConfiguration"], file)
			assert.True(t, denied[name+"Policy"], "%s: %s allows access without TLS", file, name)
		}
	}
}

func TestTemplatesDoNotShowSecrets(t *testing.T) {
	in := loadTemplate(t, "deploy/firehose.yaml")
	assert.Equal(t, true, in.Parameters["AccessKey"]["NoEcho"])
	for name, output := range in.Outputs {
		assert.NotContains(t, references(output), reference{kind: "Ref", name: "AccessKey"}, name)
	}
}
