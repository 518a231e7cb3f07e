// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"io/fs"
	"maps"
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
	require.Len(t, all, 7)
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
		"D does not exist": "Resources: {A: {Type: AWS::SQS::Queue, Condition: D}}",
		"A is in a cycle": "Resources: {A: {Type: AWS::SQS::Queue, Properties: {QueueName: !GetAtt B.Arn}}, " +
			"B: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref A}}}",
		"B is in a cycle": "Resources: {A: {Type: AWS::SQS::Queue}, B: {Type: AWS::S3::Bucket, DependsOn: B}}",
	} {
		assert.Equal(t, problem, strings.Join(parseTemplate(t, text).problems(), ", "))
	}
}

// unlimited are the actions that AWS does not limit to resources. Only deploy/member.yaml may use them, in its own region.
var unlimited = []string{"ec2:DescribeVpcs", "ec2:DescribeFlowLogs", "logs:CreateLogDelivery"}

func TestPoliciesHaveNoWildcards(t *testing.T) {
	granted := map[string]int{}
	for file, in := range templates(t) {
		for _, s := range in.statements() {
			if s.effect != "Allow" {
				continue
			}
			granted[file]++
			where := file + ": " + s.resource + " " + s.sid
			assert.NotEqual(t, "*", s.principal, where)
			assert.NotContains(t, texts(s.principal), "map[AWS:*]", where)
			for _, action := range s.actions {
				assert.Contains(t, action, ":", where)
			}
			// AWS refuses a key that its account cannot manage.
			if s.keyPolicy && s.sid == "AccountManagesTheKey" {
				assert.Equal(t, map[string]any{"AWS": map[string]any{"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}, s.principal)
				continue
			}
			for _, action := range s.actions {
				assert.NotContains(t, action, "*", where)
			}
			switch {
			case s.keyPolicy:
				assert.Equal(t, []string{"*"}, s.resources, where)
				assert.NotEmpty(t, s.condition, where)
			case file == "member.yaml" && s.sid == "FindVpcs":
				assert.ElementsMatch(t, unlimited, s.actions, where)
				assert.Equal(t, map[string]any{"StringEquals": map[string]any{"aws:RequestedRegion": map[string]any{"Ref": "AWS::Region"}}}, s.condition, where)
			default:
				assert.NotContains(t, s.resources, "*", where)
			}
		}
	}
	// organization.yaml has no policy of its own.
	assert.Equal(t, map[string]int{"ec2.yaml": 2, "ecs.yaml": 5, "eks.yaml": 1, "firehose.yaml": 4, "member.yaml": 4, "s3.yaml": 10}, granted)
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

// logFormats returns the formats of the flow logs in a template, by the name of the resource.
func logFormats(in *template) map[string]string {
	formats := map[string]string{}
	for name, r := range in.Resources {
		switch r.Type {
		case "AWS::EC2::FlowLog":
			formats[name] = r.Properties["LogFormat"].(string)
		case "AWS::Lambda::Function":
			formats[name] = r.Properties["Environment"].(map[string]any)["Variables"].(map[string]any)["LOG_FORMAT"].(string)
		}
	}
	return formats
}

// fieldsOf returns the fields of the flow log in a template of deploy/.
func fieldsOf(t *testing.T, file string) []string {
	t.Helper()
	formats := slices.Collect(maps.Values(logFormats(loadTemplate(t, "deploy/"+file))))
	require.Len(t, formats, 1, file)
	var fields []string
	for field := range strings.FieldsSeq(formats[0]) {
		require.Regexp(t, `^\$\{[a-z-]+\}$`, field, file)
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
	withFlowLogs := []string{"firehose.yaml", "member.yaml", "s3.yaml"}
	for file, in := range templates(t) {
		assert.Equal(t, slices.Contains(withFlowLogs, file), len(logFormats(in)) > 0, file)
	}
	for _, file := range withFlowLogs {
		fields := fieldsOf(t, file)
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

func TestOutputHasTheFormatOfTheFlowLog(t *testing.T) {
	in := loadTemplate(t, "deploy/s3.yaml")
	assert.Equal(t, in.Resources["FlowLog"].Properties["LogFormat"], in.Outputs["LogFormat"]["Value"])
}

func TestFirehoseConfigurationHasTheFormatOfItsTemplate(t *testing.T) {
	var config struct {
		Receivers map[string]struct{ Format []string }
	}
	require.NoError(t, yaml.Unmarshal([]byte(read(t, "config/firehose.yaml")), &config))
	assert.Equal(t, fieldsOf(t, "firehose.yaml"), config.Receivers["vpc_flow"].Format)
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
