// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/playbook"
)

func TestWebhookBody(t *testing.T) {
	s := newServer(t)
	r := start(t, noQueue+"webhook_configs: [{url: "+s.URL+"/hook}]")
	require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7")))
	got := s.takeRequests()
	require.Len(t, got, 1)
	assert.Equal(t, "/hook", got[0].path)
	labels := map[string]any{
		"alertname": "Potential Port Scanning Detected (External to Internal)", "rule": "external_port_scan", "severity": "high",
		"source": "203.0.113.7", "protocol": "tcp", "scope": "123456789012", "account": "123456789012", "region": "eu-west-1", "episode": "a",
	}
	annotations := map[string]any{
		"summary":      "203.0.113.7 tried 20 ports of internal hosts in 19 s.",
		"who":          "203.0.113.7 (DE)",
		"description":  "20 ports within 10 min (threshold 20), in 20 flows, 20 packets, 1.2 kB.",
		"since":        "2025-01-15 00:00:00 UTC, last seen 00:00:19 (19 s)",
		"evidence":     "2025-01-15 00:00:19 UTC 203.0.113.7:50009 > 10.0.1.11:2019 tcp REJECT 1 packet, 60 B on eni-1",
		"destinations": "10.0.1.11, 10.0.1.10",
		"ports":        "2019, 2018",
		"countries":    "from DE",
		"vpc":          "vpc-1",
		"interface":    "eni-1",
		"first_seen":   "2025-01-15 00:00:00 UTC",
		"last_seen":    "2025-01-15 00:00:19 UTC",
		"mitre":        "TA0043 Reconnaissance, T1595 Active Scanning, related: T1046",
		"mitre_url":    "https://attack.mitre.org/techniques/T1595/",
		"impact":       "A scan reveals reachable services.",
		"mitigation":   "Close unused ports.",
		"credentials":  "Run the commands in account 123456789012. Add --profile NAME if that is not your default.",
		"runbook_url":  "https://github.com/vpcflow/otelcol-vpcflow/blob/main/docs/rules.md#external_port_scan",
		"next_steps":   playbook.Text(playbook.Steps(alerttest.PortScan("a", "203.0.113.7"))),
	}
	one := got[0].body["alerts"].([]any)[0].(map[string]any)
	assert.Len(t, one["fingerprint"], 16)
	delete(one, "fingerprint")
	assert.Equal(t, map[string]any{
		"version": "4", "groupKey": "vpc_flow/external_port_scan/source=203.0.113.7", "truncatedAlerts": 0.0,
		"status": "firing", "receiver": "alert_notifier", "externalURL": "", "notification_reason": "first notification",
		"groupLabels": map[string]any{
			"alertname": "Potential Port Scanning Detected (External to Internal)", "rule": "external_port_scan", "source": "203.0.113.7",
		},
		"commonLabels": labels, "commonAnnotations": annotations, "routeLabels": map[string]any{},
		"alerts": []any{map[string]any{
			"status": "firing", "labels": labels, "annotations": annotations,
			"startsAt": "2025-01-15T00:00:00Z", "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "https://attack.mitre.org/techniques/T1595/",
		}},
	}, got[0].body)

	require.NoError(t, r.send(alerttest.Later(alert.Resolved, alerttest.PortScan("a", "203.0.113.7"))))
	got = s.takeRequests()
	require.Len(t, got, 1)
	assert.Equal(t, "resolved", got[0].body["status"])
	assert.Equal(t, "all alerts resolved", got[0].body["notification_reason"])
	assert.Equal(t, "2025-01-15T00:10:19Z", got[0].body["alerts"].([]any)[0].(map[string]any)["endsAt"])
}
