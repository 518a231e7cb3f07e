// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package terraformtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/zclconf/go-cty/cty"
	"go.yaml.in/yaml/v3"
)

// scenarios are parameters for each template. Each condition of a template is true in one of them and false in another.
var scenarios = map[string][]string{
	"ec2": {
		"{PackageSha256: abc, QueueUrl: https://sqs, CollectorPolicyArn: arn:aws:iam::aws:policy/a, SecretArn: arn:a, SecurityGroupId: sg-1}",
	},
	"ecs": {
		"{VpcId: vpc-1, SubnetId: subnet-1, QueueUrl: https://sqs, CollectorPolicyArn: arn:a, SecretArn: arn:b}",
		"{VpcId: vpc-1, SubnetId: subnet-1, SecondSubnetId: subnet-2, QueueUrl: https://sqs, CollectorPolicyArn: arn:a, SecretArn: arn:b, PageCidr: 10.0.0.0/8, " +
			"AssignPublicIp: ENABLED, Cpu: '512', Config: '{a: {b: c}}'}",
	},
	"eks": {"{ClusterName: mine, CollectorPolicyArn: arn:a, Namespace: other}"},
	"firehose": {
		"{VpcId: vpc-1, EndpointUrl: https://flows, AccessKey: 0123456789abcdef, RetentionDays: 7, BufferMiB: 1}",
		"{EndpointUrl: https://flows, AccessKey: 0123456789abcdef}",
	},
	"member": {"{BucketArn: 'arn:aws:s3:::central', AggregationSeconds: 600}"},
	"organization": {
		"{BucketArn: 'arn:aws:s3:::central', OrganizationalUnitIds: [ou-1, ou-2], Regions: [eu-west-1, us-east-1]}",
		"{BucketArn: 'arn:aws:s3:::central', OrganizationalUnitIds: [r-1], Regions: [eu-west-1], CallAs: DELEGATED_ADMIN, IntervalMinutes: 60}",
	},
	"s3": {
		"{VpcId: vpc-1}",
		"{}",
		"{VpcId: vpc-1, OrganizationId: o-a1b2c3d4e5, CreateKey: 'true', ExternalId: secret, CollectorPrincipalArn: arn:a, RetentionDays: 7, Name: mine}",
		"{KmsKeyArn: arn:key, CreateKey: 'true', AggregationSeconds: 600}",
		"{ExistingBucket: theirs, KmsKeyArn: arn:key}",
		"{ExistingBucket: theirs, ExistingPrefix: central/}",
		"{ExistingBucket: theirs, SnsTopicArn: 'arn:aws:sns:eu-west-1:210987654321:topic', AlarmTopicArn: arn:alarm}",
	},
}

// forEachScenario evaluates each template and its module with the same parameters.
func forEachScenario(t *testing.T, test func(t *testing.T, s *stack, p *plan)) {
	t.Helper()
	mappings := loadMappings(t)
	for _, name := range slices.Sorted(maps.Keys(scenarios)) {
		in, m := loadTemplate(t, name), loadModule(t, name)
		for _, text := range scenarios[name] {
			t.Run(name+" "+text, func(t *testing.T) {
				var given map[string]any
				require.NoError(t, yaml.Unmarshal([]byte(text), &given))
				s := newStack(t, in, given)
				test(t, s, newPlan(t, m, variables(t, s), attributes(t, s, mappings)))
			})
		}
	}
}

// variables returns the variables for the parameters of a stack.
func variables(t *testing.T, s *stack) map[string]cty.Value {
	t.Helper()
	all := map[string]cty.Value{"stack_name": cty.StringVal(pseudo["AWS::StackName"].(string))}
	for name, value := range s.parameters {
		switch kind := variableType(s.Parameters[name]); kind {
		case "number":
			all[snake(name)] = cty.NumberIntVal(int64(value.(int)))
		case "bool":
			all[snake(name)] = cty.BoolVal(value == "true")
		case "list(string)":
			items := []cty.Value{}
			for _, item := range value.([]any) {
				items = append(items, cty.StringVal(item.(string)))
			}
			all[snake(name)] = cty.ListVal(items)
		default:
			all[snake(name)] = cty.StringVal(fmt.Sprint(value))
		}
	}
	return all
}

// attributes returns the attributes of the resources of Terraform, by address.
func attributes(t *testing.T, s *stack, mappings map[string]map[string]mapping) map[string]map[string]cty.Value {
	t.Helper()
	all := map[string]map[string]cty.Value{}
	for name, r := range s.Resources {
		require.Contains(t, mappings, r.Type)
		for kind, m := range mappings[r.Type] {
			values := map[string]cty.Value{}
			for attribute, reference := range m.References {
				values[attribute] = cty.StringVal(symbol(name, reference))
			}
			all[kind+"."+snake(name)] = values
		}
	}
	return all
}

// symbol is the value of a reference in a stack.
func symbol(name, reference string) string {
	if reference == "Ref" {
		return "<" + name + ">"
	}
	return "<" + name + "." + reference + ">"
}

func TestTerraformCreatesTheResourcesOfTheTemplates(t *testing.T) {
	mappings := loadMappings(t)
	used := map[string]bool{}
	forEachScenario(t, func(t *testing.T, s *stack, p *plan) {
		unexpected := maps.Clone(p.counts)
		for name, r := range s.Resources {
			if !s.exists(name) {
				continue
			}
			properties, _ := s.value(&r.Properties).(map[string]any)
			flat := map[string]string{}
			leaves("", properties, flat)
			unmapped := maps.Clone(flat)
			for kind, m := range mappings[r.Type] {
				want, documents := m.expected(name, flat, properties, unmapped)
				address := kind + "." + snake(name)
				if p.counts[address] == 0 && !m.needed(want, documents) {
					continue
				}
				used[r.Type+" "+kind] = true
				delete(unexpected, address)
				if assert.Equal(t, 1, p.counts[address], "Terraform does not create %s of %s", address, name) {
					compareResource(t, address, m, want, documents, p.arguments(p.resources[address].Body))
				}
			}
			assert.Empty(t, unmapped, "properties of %s that Terraform does not have", name)
		}
		maps.DeleteFunc(unexpected, func(_ string, count int) bool { return count == 0 })
		assert.Empty(t, unexpected, "resources that the template does not have")
	})
	for kind, all := range mappings {
		for other := range all {
			assert.True(t, used[kind+" "+other], "the mapping of %s to %s is not used", kind, other)
		}
	}
}

// expected returns the arguments that a resource must have. It removes their properties from unmapped.
func (m *mapping) expected(name string, flat map[string]string, properties map[string]any, unmapped map[string]string) (want map[string]string, documents map[string]any) {
	want, documents = map[string]string{}, map[string]any{}
	for path, value := range flat {
		root, _, _ := strings.Cut(path, ".")
		if argument, ok := m.Documents[root]; ok {
			documents[argument] = properties[root]
			delete(unmapped, path)
		} else if argument, ok := translate(m.Arguments, path); ok {
			want[argument] = value
			delete(unmapped, path)
		} else if m.Fixed[path] == value {
			delete(unmapped, path)
		}
	}
	for argument, reference := range m.Links {
		want[argument] = symbol(name, reference)
	}
	return want, documents
}

// needed reports whether a resource must exist: it has more than links, unless links are all that it can have.
func (m *mapping) needed(want map[string]string, documents map[string]any) bool {
	return len(want) > len(m.Links) || len(documents) > 0
}

func compareResource(t *testing.T, address string, m mapping, want map[string]string, documents, have map[string]any) {
	t.Helper()
	for argument, document := range documents {
		text, ok := have[argument].(string)
		if assert.True(t, ok, "%s has no %s", address, argument) {
			compareDocuments(t, address+"."+argument, document, text)
		}
		delete(have, argument)
	}
	got := map[string]string{}
	leaves("", have, got)
	for argument := range m.Only {
		delete(got, argument)
	}
	for argument, value := range m.Fixed {
		if got[argument] == value {
			delete(got, argument)
		}
	}
	assert.Equal(t, spelled(address, want), got, address)
}

// spelled replaces values that Terraform spells otherwise.
func spelled(address string, want map[string]string) map[string]string {
	if strings.HasPrefix(address, "aws_ecs_service.") {
		public := "network_configuration.assign_public_ip"
		want[public] = fmt.Sprint(want[public] == "ENABLED")
	}
	if strings.HasPrefix(address, "aws_lambda_function.") {
		want["filename"] = "zip:index.py" // TestTerraformHasTheFunctionOfTheTemplate compares the file
	}
	return want
}

// compareDocuments compares JSON, and policies statement by statement.
func compareDocuments(t *testing.T, where string, want any, text string) {
	t.Helper()
	var have any
	require.NoError(t, json.Unmarshal([]byte(text), &have), where)
	if strings.HasSuffix(where, ".container_definitions") {
		want = lowerKeys(want)
	}
	want, have = plain(t, want), plain(t, have)
	policy, _ := want.(map[string]any)
	statements, ok := policy["Statement"].([]any)
	if !ok {
		assert.Equal(t, want, have, where)
		return
	}
	other, _ := have.(map[string]any)
	others, _ := other["Statement"].([]any)
	require.Len(t, others, len(statements), "statements of %s", where)
	for i, statement := range statements {
		assert.Equal(t, statement, others[i], "statement %d of %s", i+1, where)
	}
	assert.Equal(t, policy["Version"], other["Version"], where)
	assert.Len(t, other, len(policy), where)
}

// plain converts scalars to text, so that 1 and "1" are equal.
func plain(t *testing.T, value any) any {
	t.Helper()
	switch value := value.(type) {
	case map[string]any:
		all := map[string]any{}
		for name, item := range value {
			all[name] = plain(t, item)
		}
		return all
	case []any:
		all := []any{}
		for _, item := range value {
			all = append(all, plain(t, item))
		}
		return all
	case string, bool, int, float64:
		return fmt.Sprint(value)
	default:
		require.Fail(t, "unexpected value", "%v", value)
		return nil
	}
}

// lowerKeys returns a container definition of CloudFormation as the API of ECS has it: StopTimeout is stopTimeout.
func lowerKeys(value any) any {
	switch value := value.(type) {
	case map[string]any:
		all := map[string]any{}
		for name, item := range value {
			all[strings.ToLower(name[:1])+name[1:]] = lowerKeys(item)
		}
		return all
	case []any:
		all := []any{}
		for _, item := range value {
			all = append(all, lowerKeys(item))
		}
		return all
	default:
		return value
	}
}

func TestScenariosCoverEachTemplateAndCondition(t *testing.T) {
	files, err := filepath.Glob("../../*.yaml")
	require.NoError(t, err)
	names := []string{}
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".yaml"))
	}
	assert.Equal(t, names, slices.Sorted(maps.Keys(scenarios)))
	folders, err := filepath.Glob(modulesFolder + "/*/main.tf")
	require.NoError(t, err)
	assert.Len(t, folders, len(names), "each template has a module")

	seen := map[string]map[bool]bool{}
	forEachScenario(t, func(t *testing.T, s *stack, p *plan) {
		for name := range s.Conditions {
			key := filepath.Base(p.folder) + " " + name
			if seen[key] == nil {
				seen[key] = map[bool]bool{}
			}
			seen[key][s.condition(name)] = true
		}
	})
	for name, values := range seen {
		assert.Len(t, values, 2, name)
	}
}
