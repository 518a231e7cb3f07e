// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

const consoleSteps = "    next: aws ec2 describe-network-interfaces --region eu-west-1 --filters Name=addresses.private-ip-address,Values=10.0.1.11,10.0.1.10 " +
	"--query \"NetworkInterfaces[].[PrivateIpAddress,NetworkInterfaceId,Attachment.InstanceId,VpcId,SubnetId,join(',',Groups[].GroupId),Description]\" --output table\n" +
	"    rule: https://github.com/vpcflow/otelcol-vpcflow/blob/main/docs/rules.md"

func TestConsolePrintsOneLinePerAlertAndTheNextStepOfANewOne(t *testing.T) {
	r := start(t, "console: true")
	require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7"), alerttest.Later(alert.Resolved, alerttest.PortScan("a", "203.0.113.7"))))
	assert.Equal(t, ""+
		"2025-01-15 00:00:19 HIGH     external_port_scan         203.0.113.7 tried 20 ports of internal hosts in 19 s.\n"+
		consoleSteps+"#external_port_scan\n"+
		"2025-01-15 00:10:19 RESOLVED external_port_scan         203.0.113.7 tried 20 ports of internal hosts in 19 s.\n", r.stdout.String())
}

func TestConsoleEscapesTextFromFlowLogs(t *testing.T) {
	r := start(t, "console: true")
	evil := alerttest.PortScan("a", "203.0.113.7")
	evil.Body = "one\ntwo\r\x1b[2J\u202ethree\xff\u009b"
	evil.Rule = "x\n"
	require.NoError(t, r.send(evil))
	assert.Equal(t, "2025-01-15 00:00:19 HIGH     x                          one two  [2J three\uFFFD \n"+consoleSteps+"\n", r.stdout.String())
}

func TestConsoleReturnsWriteErrors(t *testing.T) {
	c := &console{out: brokenWriter{}}
	require.EqualError(t, c.write([]*alert.Alert{alerttest.PortScan("a", "203.0.113.7")}), "write to console: gone")
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("gone") }
