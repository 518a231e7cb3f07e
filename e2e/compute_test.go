// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

func TestStateOfTheECSServiceHasOneOwner(t *testing.T) {
	in := loadTemplate(t, "deploy/ecs.yaml")
	// Two collectors must not have the state at the same time.
	service := in.Resources["Service"].Properties
	assert.Equal(t, 1, service["DesiredCount"])
	deployment := service["DeploymentConfiguration"].(map[string]any)
	assert.Equal(t, 100, deployment["MaximumPercent"])
	assert.Equal(t, 0, deployment["MinimumHealthyPercent"])

	access := in.Resources["StateAccess"].Properties
	assert.Equal(t, map[string]any{"Uid": "10001", "Gid": "10001"}, access["PosixUser"], "the user of the image")
	created := access["RootDirectory"].(map[string]any)["CreationInfo"].(map[string]any)
	assert.Equal(t, map[string]any{"OwnerUid": "10001", "OwnerGid": "10001", "Permissions": "0700"}, created)

	container := in.Resources["Task"].Properties["ContainerDefinitions"].([]any)[0].(map[string]any)
	assert.Equal(t, []any{map[string]any{"SourceVolume": "state", "ContainerPath": "/var/lib/otelcol-vpcflow", "ReadOnly": false}}, container["MountPoints"])
	assert.Equal(t, true, container["ReadonlyRootFilesystem"])
	command := texts(container["Command"])
	require.Len(t, command, 6)
	var changed struct {
		Extensions map[string]map[string]any
	}
	require.NoError(t, yaml.Unmarshal([]byte(strings.TrimPrefix(command[3], "yaml:")), &changed))
	assert.Equal(t, map[string]map[string]any{"file_storage": {"timeout": "3m", "fsync": true}}, changed.Extensions)

	assert.Empty(t, in.Parameters["PageCidr"]["Default"], "nobody can open the page unless the user allows it")
	assert.Equal(t, "HasPage", in.Resources["PageIngress"].Condition)
	pattern := regexp.MustCompile("^(?:" + in.Parameters["PageCidr"]["AllowedPattern"].(string) + ")$")
	for cidr, allowed := range map[string]bool{
		"": true, "10.0.0.0/8": true, "172.16.0.0/12": true, "172.31.0.0/16": true, "192.168.1.0/24": true, "100.64.0.0/10": true,
		"0.0.0.0/0": false, "172.32.0.0/16": false, "203.0.113.0/24": false, "100.128.0.0/10": false, "10.0.0.0": false, "192.169.0.0/16": false,
	} {
		assert.Equal(t, allowed, pattern.MatchString(cidr), cidr)
	}
}

// TestCollectorAcceptsTheArgumentsOfTheECSService starts the collector as the container does.
func TestCollectorAcceptsTheArgumentsOfTheECSService(t *testing.T) {
	container := loadTemplate(t, "deploy/ecs.yaml").Resources["Task"].Properties["ContainerDefinitions"].([]any)[0].(map[string]any)
	config := "yaml:{processors: {vpc_detection: {internal_networks: [10.0.0.0/8]}}, exporters: {vpc_dashboard: {internal_networks: [10.0.0.0/8]}}}"
	for _, last := range []string{config, "yaml:" + loadTemplate(t, "deploy/ecs.yaml").Parameters["Config"]["Default"].(string)} {
		arguments := []string{"validate"}
		for _, argument := range texts(container["Command"]) {
			if argument == "map[Fn::Sub:yaml:${Config}]" {
				argument = last
			}
			arguments = append(arguments, strings.Replace(argument, "/etc/otelcol-vpcflow/", "../config/", 1))
		}
		require.Equal(t, last, arguments[len(arguments)-1])
		validateInContainer(t, container, arguments)
	}
}

// validateInContainer runs the collector with the environment of a container.
func validateInContainer(t *testing.T, container map[string]any, arguments []string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), binaryPath(t), arguments...)
	command.Env = command.Environ()
	for _, item := range container["Environment"].([]any) {
		variable := item.(map[string]any)
		value, _ := variable["Value"].(string)
		if value == "" {
			value = "https://sqs.eu-west-1.amazonaws.com/123456789012/flow-logs"
		}
		command.Env = append(command.Env, variable["Name"].(string)+"="+value)
	}
	for _, item := range container["Secrets"].([]any) {
		command.Env = append(command.Env, item.(map[string]any)["Name"].(string)+"=https://hooks.slack.com/services/T0/B0/x")
	}
	output, err := command.CombinedOutput()
	require.NoError(t, err, string(output))
}

// TestECSTaskReportsAScan runs the command of the task that deploy/ecs.yaml registers, with the queue that deploy/s3.yaml creates.
func TestECSTaskReportsAScan(t *testing.T) {
	endpoint := startMoto(t)
	c := newCloud(endpoint)
	logs := c.deploy(t, "s3.yaml", "flow-logs", map[string]string{"VpcId": c.vpc(t)})
	_, err := c.s3.DeleteBucketPolicy(t.Context(), &s3.DeleteBucketPolicyInput{Bucket: aws.String(logs["BucketName"])}) // it needs TLS
	require.NoError(t, err)
	c.deploy(t, "ecs.yaml", "vpcflow", map[string]string{
		"VpcId": c.vpc(t), "SubnetId": c.subnets(t)[0], "QueueUrl": logs["QueueUrl"], "CollectorPolicyArn": logs["CollectorPolicyArn"],
		"SecretArn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a",
		"Config":    "{processors: {vpc_detection: {internal_networks: &n [10.0.0.0/8, 198.18.0.0/15]}}, exporters: {vpc_dashboard: {internal_networks: *n}}}",
	})
	var container struct {
		Command     []string
		Environment []struct{ Name, Value string }
	}
	c.python(t, `
import boto3, json
print(json.dumps(boto3.client("ecs").describe_task_definition(taskDefinition="otelcol-vpcflow")["taskDefinition"]["containerDefinitions"][0]))
`, "", &container)
	require.Equal(t, []string{"--config", "/etc/otelcol-vpcflow/production.yaml"}, container.Command[:2])
	for _, variable := range container.Environment {
		if variable.Name == "SQS_QUEUE_URL" {
			queue, err := url.Parse(variable.Value)
			require.NoError(t, err)
			reportsAScan(t, endpoint, c.s3, logs["BucketName"], "", endpoint+queue.Path, container.Command[2:]...)
			return
		}
	}
	require.Fail(t, "the task has no queue")
}

// TestECSServiceIsCreated creates the service with one and with two subnets.
func TestECSServiceIsCreated(t *testing.T) {
	c := newCloud(startMoto(t))
	subnets := c.subnets(t)
	script := `
import boto3, json
targets = boto3.client("efs").describe_mount_targets
systems = boto3.client("efs").describe_file_systems()["FileSystems"]
ecs = boto3.client("ecs")
result = {}
for arn in ecs.list_clusters()["clusterArns"]:
    name = arn.split("/")[-1]
    services = ecs.describe_services(cluster=name, services=[name])["services"]
    task = ecs.describe_task_definition(taskDefinition=name)["taskDefinition"]
    mounts = sum(len(targets(FileSystemId=system["FileSystemId"])["MountTargets"]) for system in systems if system.get("Name") == name)
    result[name] = [services[0]["desiredCount"], mounts, task["containerDefinitions"][0]["image"]]
print(json.dumps(result))
`
	parameters := map[string]string{
		"VpcId": c.vpc(t), "SubnetId": subnets[0], "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/flow-logs",
		"CollectorPolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess", "SecretArn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a", "Name": "one-zone",
	}
	c.deploy(t, "ecs.yaml", "one-zone", parameters)
	parameters["Name"], parameters["SecondSubnetId"], parameters["PageCidr"] = "two-zones", subnets[1], "10.0.0.0/8"
	c.deploy(t, "ecs.yaml", "two-zones", parameters)
	var created map[string][]any
	c.python(t, script, "", &created)
	image := loadTemplate(t, "deploy/ecs.yaml").Parameters["Image"]["Default"]
	assert.Equal(t, map[string][]any{"one-zone": {1.0, 1.0, image}, "two-zones": {1.0, 2.0, image}}, created)
}

// TestEC2InstanceStartsTheProductionConfiguration creates the launch template and checks the script that the instance runs.
func TestEC2InstanceStartsTheProductionConfiguration(t *testing.T) {
	c := newCloud(startMoto(t))
	var groups struct {
		IDs []string `xml:"securityGroupInfo>item>groupId"`
	}
	c.call(t, "ec2", map[string]string{"Action": "DescribeSecurityGroups", "Version": "2016-11-15"}, &groups)
	c.deploy(t, "ec2.yaml", "collector", map[string]string{
		"PackageSha256": strings.Repeat("0", 64), "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/flow-logs", "SecurityGroupId": groups.IDs[0],
		"CollectorPolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess", "SecretArn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a",
	})
	var script string
	c.python(t, `
import base64, boto3, json
ec2 = boto3.client("ec2")
data = ec2.describe_launch_template_versions(LaunchTemplateName="otelcol-vpcflow")["LaunchTemplateVersions"][0]["LaunchTemplateData"]
assert data["MetadataOptions"]["HttpTokens"] == "required", data
print(json.dumps(base64.b64decode(data["UserData"]).decode()))
`, "", &script)
	command := exec.CommandContext(t.Context(), "bash", "-n")
	command.Stdin = strings.NewReader(script)
	output, err := command.CombinedOutput()
	require.NoError(t, err, string(output))
	assert.NotContains(t, script, "${", "a parameter is not replaced")
	for _, variable := range []string{"SLACK_WEBHOOK_URL", "DASHBOARD_PASSWORD", "SQS_QUEUE_URL"} {
		assert.Contains(t, read(t, "config/production.yaml"), "${env:"+variable+"}")
		assert.Contains(t, script, variable+"=")
	}
	checked, installed := strings.Index(script, "sha256sum --check"), strings.Index(script, "dnf install")
	assert.True(t, checked > 0 && checked < installed, "the checksum is checked before the package is installed")
	assert.Contains(t, read(t, "deploy/package/nfpm.yaml"), "/usr/share/otelcol-vpcflow/config")
}
