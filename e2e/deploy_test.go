// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
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

// permissions are what each operation of AWS that the receiver calls needs, as the service authorization reference has it.
var permissions = map[string]string{
	"s3.GetObject":                "s3:GetObject",
	"s3.HeadObject":               "s3:GetObject",
	"s3.ListObjectsV2":            "s3:ListBucket",
	"sqs.ReceiveMessage":          "sqs:ReceiveMessage",
	"sqs.DeleteMessage":           "sqs:DeleteMessage",
	"sqs.ChangeMessageVisibility": "sqs:ChangeMessageVisibility",
}

// forDecryption is needed, too, where the objects are encrypted with a key of KMS.
const forDecryption = "kms:Decrypt"

// attributes are those that GetAtt is used for, by the type of the resource.
var attributes = map[string][]string{
	"AWS::IAM::Role":                       {"Arn"},
	"AWS::KinesisFirehose::DeliveryStream": {"Arn"},
	"AWS::Logs::LogGroup":                  {"Arn"},
	"AWS::S3::Bucket":                      {"Arn"},
	"AWS::SQS::Queue":                      {"Arn"},
}

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

func TestWhatTemplatesReferToIsThere(t *testing.T) {
	for file, in := range templates(t) {
		unused := maps.Clone(in.Parameters)
		all := uses(map[string]any{"conditions": in.Conditions})
		for name, r := range in.Resources {
			all = append(all, uses(r.Properties)...)
			for other := range r.needs(in) {
				assert.Contains(t, in.Resources, other, "%s: %s", file, name)
			}
		}
		for _, output := range in.Outputs {
			all = append(all, uses(output)...)
		}
		for _, u := range all {
			_, isParameter := in.Parameters[u.name]
			r, isResource := in.Resources[u.name]
			switch u.kind {
			case "Condition":
				assert.Contains(t, in.Conditions, u.name, file)
			case "GetAtt":
				assert.True(t, isResource, "%s: %s", file, u.name)
				assert.Contains(t, attributes[r.Type], u.attribute, "%s: %s", file, u.name)
			default:
				assert.True(t, isParameter || isResource || strings.HasPrefix(u.name, "AWS::"), "%s: %s", file, u.name)
				delete(unused, u.name)
			}
		}
		assert.Empty(t, unused, file)
	}
}

func TestResourcesOfTemplatesCanBeMadeOneAfterTheOther(t *testing.T) {
	for file, in := range templates(t) {
		made := map[string]bool{}
		for progress := true; progress; {
			progress = false
			for name, r := range in.Resources {
				ready := !made[name]
				for other := range r.needs(in) {
					ready = ready && made[other]
				}
				if ready {
					made[name], progress = true, true
				}
			}
		}
		assert.Len(t, made, len(in.Resources), "%s: some need each other: only %v can be made", file, slices.Sorted(maps.Keys(made)))
	}
}

func TestNothingIsGrantedByWildcard(t *testing.T) {
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

func TestTheCollectorMayDoWhatItsCodeNeedsAndNoMore(t *testing.T) {
	call := regexp.MustCompile(`\b((?:s3|sqs)\.\w+)Input\{`)
	files, err := filepath.Glob("../receiver/vpcflowreceiver/*.go")
	require.NoError(t, err)
	calls := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, match := range call.FindAllStringSubmatch(string(text), -1) {
			calls++
			assert.Contains(t, permissions, match[1], "%s calls an operation that is not among the permissions", name)
		}
	}
	require.GreaterOrEqual(t, calls, 5)

	want := map[string]bool{forDecryption: true}
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

// fieldsOf is the format of the flow log of a template.
func fieldsOf(t *testing.T, in *template) []string {
	t.Helper()
	var fields []string
	for field := range strings.FieldsSeq(in.Resources["FlowLog"].Properties["LogFormat"].(string)) {
		require.Regexp(t, `^\$\{[a-z-]+\}$`, field)
		fields = append(fields, field[2:len(field)-1])
	}
	return fields
}

func TestTheFlowLogOfTemplatesHasAllThatRulesLookAt(t *testing.T) {
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
			assert.NotEmpty(t, line[i], "%s: what is %s for?", file, field)
		}
		var got flow.Flow
		require.NoError(t, format.Flow(strings.Join(line, " "), &got))
		all := reflect.ValueOf(got)
		for i := range all.NumField() {
			// A hop has no instance.
			if name := all.Type().Field(i).Name; name != "Hop" {
				assert.False(t, all.Field(i).IsZero(), "%s: no field gives %s", file, name)
			}
		}
		line[slices.Index(fields, "instance-id")] = "-"
		require.NoError(t, format.Flow(strings.Join(line, " "), &got))
		assert.True(t, got.Hop)

		docs := read(t, "docs/aws-setup.md")
		for _, field := range fields {
			assert.Regexp(t, "(?m)^\\|[^|]*`"+field+"`[^|]*\\| \\w", docs, "%s: the page does not say what it is for", file)
		}
		assert.Contains(t, docs, strings.Join(fields, ", "), file)
		assert.Contains(t, docs, "${"+strings.Join(fields, "} ${")+"}", file)
	}
}

func TestTheConfigurationForFirehoseHasTheFormatOfItsTemplate(t *testing.T) {
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
			assert.True(t, denied[name+"Policy"], "%s: %s can be reached without TLS", file, name)
		}
	}
}

func TestSecretsOfTemplatesAreNotShown(t *testing.T) {
	in := loadTemplate(t, "deploy/firehose.yaml")
	assert.Equal(t, true, in.Parameters["AccessKey"]["NoEcho"])
	for name, output := range in.Outputs {
		assert.NotContains(t, uses(output), use{kind: "Ref", name: "AccessKey"}, name)
	}
}
