// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestNewVPCsOfMemberAccountsGetFlowLogs runs the function of deploy/member.yaml.
func TestNewVPCsOfMemberAccountsGetFlowLogs(t *testing.T) {
	c := newCloud(startMoto(t))
	outputs := c.deploy(t, "s3.yaml", "central", map[string]string{"Name": "central", "OrganizationId": "o-a1b2c3d4e5"})
	function := loadTemplate(t, "deploy/member.yaml").Resources["Function"].Properties
	variables := function["Environment"].(map[string]any)["Variables"].(map[string]any)
	code := function["Code"].(map[string]any)["ZipFile"].(string)
	assert.Less(t, len(code), 4096, "CloudFormation refuses more")

	const account = "123456789012"
	run := func(account string) (created []string) {
		c.python(t, code+"\nimport json\nprint(json.dumps(handler({}, None)['created']))\n", "", &created,
			"BUCKET_ARN="+outputs["BucketArn"], "AGGREGATION_SECONDS=60", "LOG_FORMAT="+variables["LOG_FORMAT"].(string), "ACCOUNT="+account)
		return created
	}
	assert.Empty(t, run("210987654321"), "another account owns the VPC and shares it")
	assert.Equal(t, []string{c.vpc(t)}, run(account))
	assert.Empty(t, run(account), "the second run changes nothing")
	var vpc struct {
		ID string `xml:"vpc>vpcId"`
	}
	c.call(t, "ec2", map[string]string{"Action": "CreateVpc", "Version": "2016-11-15", "CidrBlock": "10.9.0.0/16"}, &vpc)
	assert.Equal(t, []string{vpc.ID}, run(account), "a new VPC gets a flow log")

	var logs struct {
		Items []struct {
			Destination string `xml:"logDestination"`
			Format      string `xml:"logFormat"`
			Interval    string `xml:"maxAggregationInterval"`
		} `xml:"flowLogSet>item"`
	}
	c.call(t, "ec2", map[string]string{"Action": "DescribeFlowLogs", "Version": "2016-11-15"}, &logs)
	require.Len(t, logs.Items, 2)
	for _, item := range logs.Items {
		assert.Equal(t, outputs["BucketArn"], item.Destination)
		assert.Equal(t, variables["LOG_FORMAT"], item.Format)
		assert.Equal(t, "60", item.Interval)
	}
}

// embeddedMember is how deploy/organization.yaml contains deploy/member.yaml.
var embeddedMember = regexp.MustCompile(`(?s)( {6}TemplateBody: \|\n).*?(\nOutputs:)`)

func TestOrganizationTemplateContainsTheMemberTemplate(t *testing.T) {
	text := read(t, "deploy/organization.yaml")
	indented := regexp.MustCompile(`(?m)^(.)`).ReplaceAllString(read(t, "deploy/member.yaml"), "        $1")
	want := embeddedMember.ReplaceAllString(text, "${1}"+strings.ReplaceAll(indented, "$", "$$")+"${2}")
	if *update {
		require.NoError(t, os.WriteFile("../deploy/organization.yaml", []byte(want), 0o644))
		text = want
	}
	assert.Equal(t, want, text, "deploy/member.yaml has changed: go test ./e2e -run OrganizationTemplate -update")
	assert.Equal(t, read(t, "deploy/member.yaml"), stackSet(t)["TemplateBody"])
	assert.Less(t, len(text), 51200, "CloudFormation refuses more without a bucket")
}

// stackSet returns the properties of the StackSet in deploy/organization.yaml.
func stackSet(t *testing.T) map[string]any {
	t.Helper()
	in := loadTemplate(t, "deploy/organization.yaml")
	require.Equal(t, "AWS::CloudFormation::StackSet", in.Resources["Members"].Type)
	return in.Resources["Members"].Properties
}

// TestFunctionsOfTheStackSetHaveValidNames checks the longest name: a function has the name of its stack, and a stack of a StackSet is called
// StackSet-NAME-UUID. Lambda allows 64 characters.
func TestFunctionsOfTheStackSetHaveValidNames(t *testing.T) {
	assert.Equal(t, map[string]any{"Ref": "AWS::StackName"}, loadTemplate(t, "deploy/member.yaml").Resources["Function"].Properties["FunctionName"])
	pattern := regexp.MustCompile("^(?:" + loadTemplate(t, "deploy/organization.yaml").Parameters["Name"]["AllowedPattern"].(string) + ")$")
	longest := 0
	for length := range 64 {
		if pattern.MatchString(strings.Repeat("a", length)) {
			longest = length
		}
	}
	assert.Equal(t, 64, len("StackSet-")+longest+len("-01234567-89ab-cdef-0123-456789abcdef"))
}

func TestStackSetIncludesAccountsThatJoinLater(t *testing.T) {
	set := stackSet(t)
	assert.Equal(t, "SERVICE_MANAGED", set["PermissionModel"])
	assert.Equal(t, map[string]any{"Enabled": true, "RetainStacksOnAccountRemoval": false}, set["AutoDeployment"])
	assert.Equal(t, []any{map[string]any{
		"DeploymentTargets": map[string]any{"OrganizationalUnitIds": map[string]any{"Ref": "OrganizationalUnitIds"}},
		"Regions":           map[string]any{"Ref": "Regions"},
	}}, set["StackInstancesGroup"])
	passed := map[string]bool{}
	for _, item := range set["Parameters"].([]any) {
		parameter := item.(map[string]any)
		assert.Equal(t, map[string]any{"Ref": parameter["ParameterKey"]}, parameter["ParameterValue"])
		passed[parameter["ParameterKey"].(string)] = true
	}
	member, organization := loadTemplate(t, "deploy/member.yaml"), loadTemplate(t, "deploy/organization.yaml")
	for name, parameter := range member.Parameters {
		assert.True(t, passed[name], "%s is not passed to the members", name)
		for _, key := range []string{"Type", "Default", "AllowedValues", "AllowedPattern", "MinValue", "MaxValue"} {
			assert.Equal(t, parameter[key], organization.Parameters[name][key], "%s of %s", key, name)
		}
	}
}

// TestStackSetReachesAnAccountOfTheOrganization creates the StackSet by itself, because moto ignores StackSets in templates.
func TestStackSetReachesAnAccountOfTheOrganization(t *testing.T) {
	c := newCloud(startMoto(t))
	script := `
import json, os, sys
import boto3

organizations, cloudformation = boto3.client("organizations"), boto3.client("cloudformation")
organizations.create_organization(FeatureSet="ALL")
root = organizations.list_roots()["Roots"][0]["Id"]
unit = organizations.create_organizational_unit(ParentId=root, Name="workloads")["OrganizationalUnit"]["Id"]
account = organizations.create_account(AccountName="a", Email="a@example.com")["CreateAccountStatus"]["AccountId"]
organizations.move_account(AccountId=account, SourceParentId=root, DestinationParentId=unit)
properties = json.load(sys.stdin)
parameters = [{"ParameterKey": "BucketArn", "ParameterValue": "arn:aws:s3:::central"}]
cloudformation.create_stack_set(StackSetName="flow-logs", Parameters=parameters,
    **{key: properties[key] for key in ("PermissionModel", "AutoDeployment", "Capabilities", "Description", "TemplateBody", "ManagedExecution")})
cloudformation.create_stack_instances(StackSetName="flow-logs", ParameterOverrides=parameters, Regions=["eu-west-1", "us-east-1"],
    DeploymentTargets={"OrganizationalUnitIds": [unit]}, OperationPreferences=properties["OperationPreferences"])
found = []
role = boto3.client("sts").assume_role(RoleArn=f"arn:aws:iam::{account}:role/a", RoleSessionName="test")["Credentials"]
for region in ("eu-west-1", "us-east-1", "eu-central-1"):
    member = boto3.Session(role["AccessKeyId"], role["SecretAccessKey"], role["SessionToken"], region_name=region)
    for function in member.client("lambda").list_functions()["Functions"]:
        variables = function["Environment"]["Variables"]
        found.append([region, function["Handler"], variables["BUCKET_ARN"], str(variables["AGGREGATION_SECONDS"])])
    rules = member.client("events").list_rules()["Rules"]
    found += [[region, rule["ScheduleExpression"]] for rule in rules]
print(json.dumps(found))
`
	set, err := json.Marshal(stackSet(t))
	require.NoError(t, err)
	var found [][]string
	c.python(t, script, string(set), &found)
	assert.Equal(t, [][]string{
		{"eu-west-1", "index.handler", "arn:aws:s3:::central", "60"},
		{"eu-west-1", "rate(15 minutes)"},
		{"us-east-1", "index.handler", "arn:aws:s3:::central", "60"},
		{"us-east-1", "rate(15 minutes)"},
	}, found)
}
