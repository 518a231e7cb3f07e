// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

const day = 24 * time.Hour

// TestDefaults has every number that an empty configuration stands for.
func TestDefaults(t *testing.T) {
	cfg := detect.DefaultConfig()
	require.NoError(t, cfg.Check())
	assert.Equal(t, detect.ByAccount, cfg.Scope)
	assert.Equal(t, prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
		"fc00::/7", "fe80::/10"), cfg.InternalNetworks)
	assert.Equal(t, []int{
		1433, 1521, 2049, 2375, 2376, 2379, 2380, 3000, 3128, 3306, 3389, 4369, 5000, 5432, 5439, 5601, 5671, 5672, 5900,
		5901, 5985, 5986, 6379, 6380, 6443, 7000, 7001, 7474, 7687, 8000, 8008, 8080, 8081, 8086, 8088, 8089, 8123, 8140,
		8200, 8300, 8301, 8400, 8443, 8500, 8501, 8600, 8765, 8834, 8883, 8888, 9000, 9042, 9090, 9091, 9092, 9093, 9094,
		9100, 9160, 9200, 9300, 9418, 9443, 9999, 10000, 10050, 10051, 10250, 10255, 11211, 15672, 26257, 27017, 27018,
		27019, 50070,
	}, cfg.ServicePorts)
	assert.False(t, cfg.EvaluateHops)
	assert.Equal(t, 10*time.Minute, cfg.MaxFuture)
	assert.Equal(t, 30*time.Minute, cfg.AllowedLateness)
	assert.Equal(t, day, cfg.RepeatInterval)
	assert.False(t, cfg.EmitResolved)
	assert.Empty(t, cfg.Ignore)

	remote := []int{22, 3389}
	want := map[string]detect.Settings{
		"rejected_internal_scan":     {Threshold: 25, Window: 10 * time.Minute, QuietPeriod: time.Hour},
		"external_port_scan":         {Threshold: 20, Window: 10 * time.Minute, QuietPeriod: 6 * time.Hour, GroupBy: detect.BySource},
		"internal_port_scan":         {Threshold: 25, Window: 10 * time.Minute, QuietPeriod: time.Hour, GroupBy: detect.BySourceDestination},
		"remote_service_brute_force": {Failures: 5, Window: time.Hour, QuietPeriod: time.Hour, Ports: remote},
		"malicious_remote_access":    {QuietPeriod: day, Ports: remote},
		"dns_not_over_udp":           {QuietPeriod: day},
		"new_internal_peer":          {Retention: 30 * day, LearningPeriod: 7 * day, MaxKeys: 5_000_000},
		"excessive_inbound_icmp":     {Threshold: 1000, Window: 5 * time.Minute, QuietPeriod: time.Hour},
		"remote_service_rejects":     {Threshold: 10, Window: 10 * time.Minute, QuietPeriod: 6 * time.Hour, Ports: remote},
		"suspicious_destination":     {QuietPeriod: day},
		"unusual_country":            {Retention: 30 * day, LearningPeriod: 7 * day},
		"large_outbound_transfer":    {Threshold: 20_000_000, Window: time.Hour, QuietPeriod: 6 * time.Hour},
		"external_reject_sweep":      {Threshold: 10, Window: 10 * time.Minute, QuietPeriod: 6 * time.Hour},
		"internal_reject_sweep":      {Threshold: 10, Window: 10 * time.Minute, QuietPeriod: time.Hour},
	}
	require.Len(t, cfg.Rules, len(want))
	for id, set := range want {
		set.Enabled = true
		if set.MaxKeys == 0 {
			set.MaxKeys = 200_000
		}
		assert.Equal(t, set, cfg.Rules[id], id)
	}
}

// TestRulesAreFiled has the order of the rules, and what their alerts are filed under.
func TestRulesAreFiled(t *testing.T) {
	want := []struct {
		id, title         string
		severity          alert.Severity
		tactic, technique string
	}{
		{"rejected_internal_scan", "Rejected Internal Scanning Attempts", alert.Medium, "TA0043", "T1595"},
		{"external_port_scan", "Potential Port Scanning Detected (External to Internal)", alert.Low, "TA0043", "T1595"},
		{"internal_port_scan", "Potential Port Scanning Detected (Internal to Internal)", alert.Medium, "TA0043", "T1595"},
		{
			"remote_service_brute_force", "Possible Brute Force Attack Over Remote Service Ports", alert.High,
			"TA0008", "T1021",
		},
		{
			"malicious_remote_access", "Incoming Requests Over Remote Service Ports Accepted From Malicious IP", alert.High,
			"TA0008", "T1021",
		},
		{"dns_not_over_udp", "DNS Request Not Over UDP", alert.Low, "TA0011", "T1071"},
		{"new_internal_peer", "Internal Communication with a New IP Address", alert.Low, "TA0010", "T1041"},
		{"excessive_inbound_icmp", "Excessive Inbound ICMP Traffic Observed", alert.Low, "TA0043", "T1595"},
		{
			"remote_service_rejects", "Multiple REJECT Requests Over Remote Connection Ports From a Single Source", alert.Low,
			"TA0001", "T1133",
		},
		{
			"suspicious_destination", "Outbound Communication With Suspicious IP Addresses", alert.High,
			"TA0011", "T1071",
		},
		{"unusual_country", "Outbound Traffic to an Unusual Geo Location", alert.Low, "TA0011", "T1071"},
		{"large_outbound_transfer", "Anomalous Outbound Data Transferred", alert.Medium, "TA0043", "T1595"},
		{
			"external_reject_sweep", "Multiple REJECT Requests From a Single Source to Multiple Destinations (External to Internal)",
			alert.Low, "TA0043", "T1595",
		},
		{
			"internal_reject_sweep", "Multiple REJECT Requests From a Single Source to Multiple Destinations (Internal to Internal)",
			alert.Medium, "TA0043", "T1595",
		},
	}
	require.Len(t, detect.Rules, len(want))
	for i, rule := range detect.Rules {
		assert.Equal(t, want[i].id, rule.ID)
		assert.Equal(t, want[i].title, rule.Title, rule.ID)
		assert.Equal(t, want[i].severity, rule.Severity, rule.ID)
		assert.Equal(t, want[i].tactic, rule.Tactic.ID, rule.ID)
		assert.Equal(t, want[i].technique, rule.Technique.ID, rule.ID)
	}
}
