// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package terraformtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDifferencesAreFound changes a module, and expects that the other tests name the difference.
func TestDifferencesAreFound(t *testing.T) {
	if os.Getenv("TERRAFORM_MODULES") != "" {
		t.Skip("this run has changed modules")
	}
	for name, c := range map[string]struct{ file, before, after, want string }{
		"an argument has another value":     {"s3/queue.tf", "maxReceiveCount     = 5", "maxReceiveCount     = 6", "aws_sqs_queue.queue.redrive_policy"},
		"an argument is missing":            {"s3/main.tf", "  ignore_public_acls      = true\n", "", "aws_s3_bucket_public_access_block.bucket"},
		"a nested argument is missing":      {"ec2/main.tf", "      encrypted             = true\n", "", "aws_launch_template.launch_template"},
		"an argument is not in the mapping": {"ecs/main.tf", "  desired_count ", "  force_delete = true\n  desired_count ", "force_delete"},
		"an action is missing":              {"s3/collector.tf", `"sqs:DeleteMessage", `, "", "statement 1 of aws_iam_policy.collector_policy.policy"},
		"a policy allows more objects":      {"s3/collector.tf", `var.existing_prefix}AWSLogs/*"`, `var.existing_prefix}*"`, "statement 2 of aws_iam_policy.collector_policy.policy"},
		"a condition is missing": {
			"member/main.tf", `        Condition = { StringEquals = { "aws:RequestedRegion" = local.region } }` + "\n", "",
			"statement 1 of aws_iam_role_policy.policy.policy",
		},
		"a statement is missing":           {"s3/queue.tf", "Statement = [{", "Statement = []\n    Other = [{", "statements of aws_sqs_queue_policy.queue_policy.policy"},
		"a condition of a policy differs":  {"s3/main.tf", `"aws:SourceOrgID"`, `"aws:PrincipalOrgID"`, "statement 1 of aws_s3_bucket_policy.bucket_policy.policy"},
		"a resource is missing":            {"ecs/state.tf", `resource "aws_efs_backup_policy"`, `data "aws_efs_backup_policy"`, "aws_efs_backup_policy.state"},
		"the module has one more resource": {"eks/main.tf", `data "aws_caller_identity"`, "resource \"aws_sqs_queue\" \"more\" {}\n\ndata \"aws_caller_identity\"", "aws_sqs_queue.more"},
		"a resource always exists":         {"ecs/main.tf", `var.page_cidr == "" ? 0 : 1`, "1", "aws_vpc_security_group_ingress_rule.page_ingress"},
		"a resource is not kept":           {"s3/main.tf", "prevent_destroy = true", "prevent_destroy = false", "aws_s3_bucket.bucket"},
		"a resource does not wait":         {"s3/queue.tf", "  depends_on = [aws_sqs_queue_policy.queue_policy]\n", "", "bucket does not wait for queue_policy"},
		"the default differs":              {"s3/variables.tf", "default     = 30", "default     = 31", "s3: retention_days"},
		"the pattern differs":              {"s3/variables.tf", "(vpc-[0-9a-f]+)?", "(vpc-.+)?", "s3: vpc_id"},
		"the limit differs":                {"member/variables.tf", "var.interval_minutes <= 1440", "var.interval_minutes <= 9999", "member: interval_minutes"},
		"a parameter is missing":           {"s3/variables.tf", `variable "alarm_topic_arn"`, `variable "topic_arn"`, "s3: alarm_topic_arn"},
		"a secret is shown":                {"firehose/variables.tf", "  sensitive   = true\n", "", "firehose: access_key: sensitive"},
		"an output has another value":      {"s3/outputs.tf", "aws_sqs_queue.queue.url", "aws_sqs_queue.queue.arn", "queue_url"},
		"a count is not known":             {"s3/main.tf", `var.create_key ? var.kms_key_arn == "" : false`, `var.kms_key_arn == "" ? var.create_key : false`, "aws_kms_key.key"},
		"the function is changed":          {"member/index.py", "describe_vpcs", "describe_subnets", "describe_subnets"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			require.NoError(t, os.CopyFS(filepath.Join(folder, "deploy/terraform"), os.DirFS(modulesFolder)))
			member, err := filepath.Abs("../../member.yaml")
			require.NoError(t, err)
			require.NoError(t, os.Symlink(member, filepath.Join(folder, "deploy/member.yaml")))
			file := filepath.Join(folder, "deploy/terraform", c.file)
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Contains(t, string(text), c.before)
			require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(string(text), c.before, c.after)), 0o600))

			command := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^Test(Terraform(Creates|Has|Keeps)|OtherResources)")
			command.Env = append(command.Environ(), "TERRAFORM_MODULES="+filepath.Join(folder, "deploy/terraform"))
			output, err := command.CombinedOutput()
			require.Error(t, err, "no test fails")
			assert.Contains(t, string(output), c.want)
		})
	}
}
