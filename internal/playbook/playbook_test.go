// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package playbook

import (
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func TestSteps(t *testing.T) {
	address := netip.MustParseAddr
	for _, c := range []struct {
		name  string
		alert alert.Alert
		want  []string // the commands
	}{
		{
			"an internal scan names both sides and isolates the source",
			alert.Alert{
				Source: address("10.0.1.10"), Destination: address("10.0.2.20"), Region: "eu-west-1", Account: "123456789012",
				Interface: "eni-0123456789abcdef0", Instance: "i-0123456789abcdef0", FirstSeen: 1000, LastSeen: 2000,
			},
			[]string{
				"aws ec2 describe-network-interfaces --region eu-west-1 --filters Name=addresses.private-ip-address,Values=10.0.1.10,10.0.2.20",
				"aws ec2 describe-instances --region eu-west-1 --instance-ids i-0123456789abcdef0",
				"aws ec2 modify-network-interface-attribute --region eu-west-1 --network-interface-id eni-0123456789abcdef0 --groups QUARANTINE_GROUP_ID",
				"SELECT * FROM vpc_flow_logs\nWHERE start BETWEEN 1000 AND 2000\n  AND account_id = '123456789012'\n  AND srcaddr = '10.0.1.10'\n  AND dstaddr = '10.0.2.20'\nORDER BY start LIMIT 1000",
				`aws logs start-query --region eu-west-1 --log-group-name LOG_GROUP --start-time 1000 --end-time 2600 --query-string 'fields @timestamp, @message | filter srcAddr = "10.0.1.10" | filter dstAddr = "10.0.2.20" | sort @timestamp | limit 1000'`,
			},
		},
		{
			"an external sweep blocks the source and lists its targets",
			alert.Alert{
				Source: address("203.0.113.9"), SourceCountry: "NL", Destinations: []netip.Addr{address("10.0.0.2"), address("10.0.0.1")},
				DestinationPort: 22, FirstSeen: 1, LastSeen: 2,
			},
			[]string{
				"aws ec2 describe-network-interfaces --filters Name=addresses.private-ip-address,Values=10.0.0.2,10.0.0.1",
				"aws ec2 describe-instances --filters Name=network-interface.addresses.private-ip-address,Values=10.0.0.2,10.0.0.1",
				"aws ec2 create-network-acl-entry --network-acl-id ACL_ID --ingress --rule-number 1 --protocol -1 --rule-action deny --cidr-block 203.0.113.9/32",
				"SELECT * FROM vpc_flow_logs\nWHERE start BETWEEN 1 AND 2\n  AND srcaddr = '203.0.113.9'\n  AND dstaddr IN ('10.0.0.1', '10.0.0.2')\n  AND dstport = 22\nORDER BY start LIMIT 1000",
				`aws logs start-query --log-group-name LOG_GROUP --start-time 1 --end-time 602 --query-string 'fields @timestamp, @message | filter srcAddr = "203.0.113.9" | filter dstAddr in ["10.0.0.1", "10.0.0.2"] | filter dstPort = 22 | sort @timestamp | limit 1000'`,
			},
		},
		{
			"an outbound transfer blocks the destination, in IPv6, too",
			alert.Alert{Source: address("fd00::1"), Destination: address("2001:db8::9"), DestinationCountry: "DE"},
			[]string{
				"aws ec2 describe-network-interfaces --filters Name=ipv6-addresses.ipv6-address,Values=fd00::1",
				"aws ec2 describe-instances --filters Name=network-interface.ipv6-addresses.ipv6-address,Values=fd00::1",
				"aws ec2 create-network-acl-entry --network-acl-id ACL_ID --egress --rule-number 1 --protocol -1 --rule-action deny --ipv6-cidr-block 2001:db8::9/128",
				"SELECT * FROM vpc_flow_logs\nWHERE start BETWEEN 0 AND 0\n  AND srcaddr = 'fd00::1'\n  AND dstaddr = '2001:db8::9'\nORDER BY start LIMIT 1000",
				`aws logs start-query --log-group-name LOG_GROUP --start-time 0 --end-time 600 --query-string 'fields @timestamp, @message | filter srcAddr = "fd00::1" | filter dstAddr = "2001:db8::9" | sort @timestamp | limit 1000'`,
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, step := range Steps(&c.alert) {
				assert.NotEmpty(t, step.Title)
				got = append(got, step.Command)
			}
			assert.Equal(t, c.want, got)
		})
	}
}

func TestStepsOfAnAlertWithoutAddressesAreQueries(t *testing.T) {
	steps := Steps(&alert.Alert{})
	require.Len(t, steps, 2)
	assert.Contains(t, steps[0].Command, "SELECT")
}

func TestStepsCannotBeForged(t *testing.T) {
	const hostile = "$(touch /tmp/x); `id` ' \" \n --endpoint-url http://evil"
	for _, step := range Steps(&alert.Alert{
		Source: netip.MustParseAddr("10.0.0.1"), Region: hostile, Account: hostile, Interface: hostile, Instance: hostile, VPC: hostile, Transport: hostile,
	}) {
		assert.NotContains(t, step.Command, "touch")
		assert.NotContains(t, step.Command, "evil")
	}
	assert.Equal(t, rulesURL, RuleURL("x](javascript:alert)"))
	assert.Equal(t, rulesURL+"#external_port_scan", RuleURL("external_port_scan"))
}

func TestShellCommandsAreValidShell(t *testing.T) {
	bash, err := exec.LookPath("bash")
	require.NoError(t, err)
	for _, step := range Steps(&alert.Alert{Source: netip.MustParseAddr("10.0.0.1"), Destination: netip.MustParseAddr("10.0.0.2"), Region: "us-gov-east-1"}) {
		if strings.HasPrefix(step.Command, "aws ") {
			out, err := exec.CommandContext(t.Context(), bash, "-n", "-c", step.Command).CombinedOutput()
			require.NoError(t, err, "%s: %s", step.Command, out)
		}
	}
}
