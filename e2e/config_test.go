// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSampleConfigurationsAreValid(t *testing.T) {
	configs, err := filepath.Glob("../config/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, configs)
	configs = append(configs, "../deploy/package/config.yaml")
	certificate := filepath.Join(t.TempDir(), "server.pem")
	require.NoError(t, os.WriteFile(certificate, nil, 0o600))
	for _, config := range configs {
		t.Run(filepath.Base(config), func(t *testing.T) {
			output, err := validate(t, strings.TrimPrefix(config, "../"),
				"OTLP_ENDPOINT=https://otlp.example.com", "KAFKA_BROKER=kafka:9092", "READER=reader-1", "DETECTOR=detector-1", "STATE_DIR="+t.TempDir(),
				"ALERTS_ENDPOINT=alerts.example.com:4317", "FLOWS_ENDPOINT=https://flows.example.com", "OTLP_TOKEN=secret", "ABUSEIPDB_KEY=secret",
				"PROMETHEUS_URL=http://prometheus:9090",
				"SLACK_WEBHOOK_URL=https://hooks.slack.com/services/T0/B0/x", "PAGERDUTY_ROUTING_KEY=secret", "ALERTMANAGER_URL=http://alertmanager:9093",
				"BUCKET=flow-logs", "START_TIME=2026-03-01T00:00:00Z", "END_TIME=2026-04-01T00:00:00Z",
				"FIREHOSE_KEY=secret", "DASHBOARD_PASSWORD=secret", "TLS_CERT="+certificate, "TLS_KEY="+certificate,
				"SQS_QUEUE_URL=https://sqs.eu-west-1.amazonaws.com/123456789012/flow-logs")
			require.NoError(t, err, output)
			assert.NotContains(t, output, "Warning")
		})
	}
}

func TestConfigurationErrorsNameTheKey(t *testing.T) {
	for _, c := range []struct{ name, receiver, processor, want string }{
		{"no source", "{}", "", "no source is configured"},
		{"an unknown option of the receiver", "{files: {include: [x]}, fils: 1}", "", "fils: there is no such setting; the settings are batch_by_account, emit, files, "},
		{"an unset environment variable", "{files: {include: ['${env:VPCFLOW_UNSET}']}}", "", "environment variable VPCFLOW_UNSET is not set"},
		{"a storage that is not defined", "{files: {include: [x]}, storage: disk}", "", `receivers::vpc_flow::storage: extension "disk" is not defined`},
		{"a threat list that is missing", "", "{threat_lists: [{name: a, path: /no/list}]}", `threat_lists[0]::path: list "a": stat /no/list: no such file`},
		{"an allowlist file that is missing", "", "{ignore_files: [/no/ignore.yaml]}", "ignore_files[0]: stat /no/ignore.yaml: no such file"},
		{"a certificate that is missing", "{firehose: {tls: {cert_file: /no/cert, key_file: /no/key}}}", "", "receivers::vpc_flow::firehose::tls::cert_file: stat /no/cert: "},
		{"a network with host bits", "", "{internal_networks: [10.0.0.1/8]}", `internal_networks[0]: "10.0.0.1/8" has bits set beyond its length; write 10.0.0.0/8`},
		{"an unknown format", "{files: {include: [x]}, format: v2}", "", `format: unknown value "v2"`},
		{"an unknown rule", "", "{rules: {port_scan: {}}}", "rules::port_scan"},
		{"a setting that a rule does not have", "", "{rules: {unusual_country: {window: 5m}}}", "rules::unusual_country::window"},
		{"a threshold below one", "", "{rules: {external_port_scan: {threshold: 0}}}", "rules::external_port_scan::threshold: 0"},
		{"a window without a unit", "", "{rules: {external_port_scan: {window: 600}}}", "rules::external_port_scan::window"},
		{"an entry that would ignore everything", "", "{ignore: [{reason: because}]}", "ignore[0]"},
		{"an invalid address", "", "{ignore: [{source: 10.0.0.256}]}", `ignore[0]::source`},
	} {
		t.Run(c.name, func(t *testing.T) {
			receiver, processor := c.receiver, c.processor
			if receiver == "" {
				receiver = "{files: {include: [x]}}"
			}
			output, err := validate(t, "yaml:"+`
receivers: {vpc_flow: `+receiver+`}
processors: {vpc_detection: `+processor+`}
exporters: {nop: }
service: {pipelines: {logs: {receivers: [vpc_flow], processors: [vpc_detection], exporters: [nop]}}}`)
			require.Error(t, err, output)
			assert.Contains(t, output, c.want)
		})
	}
}

func TestValidateWarnsOfAPipelineWithoutAlerts(t *testing.T) {
	output, err := validate(t, `yaml:
receivers: {vpc_flow: {files: {include: [x]}}}
exporters: {alert_notifier: {console: true}}
service: {pipelines: {logs/flows: {receivers: [vpc_flow], exporters: [alert_notifier]}}}`)
	require.NoError(t, err, output)
	assert.Equal(t, "Warning: service::pipelines::logs/flows::exporters: alert_notifier receives no alerts from this pipeline: "+
		"vpc_detection is not among its processors\n", output)
}
