// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.uber.org/goleak"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	flowotlp "github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// t0 is the event time at which the tests begin: 2025-01-15 00:00:00 UTC.
const t0 = 1736899200

// clock returns a fixed time after the flows of all tests.
func clock() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }

// configOf decodes and validates a configuration.
func configOf(tb testing.TB, yaml string) *Config {
	tb.Helper()
	cfg := createDefaultConfig().(*Config)
	require.NoError(tb, parse(tb, yaml).Unmarshal(cfg))
	require.NoError(tb, cfg.Validate())
	return cfg
}

func parse(tb testing.TB, yaml string) *confmap.Conf {
	tb.Helper()
	retrieved, err := confmap.NewRetrievedFromYAML([]byte(yaml))
	require.NoError(tb, err)
	conf, err := retrieved.AsConf()
	require.NoError(tb, err)
	return conf
}

// start runs a processor until the end of the test.
func start(tb testing.TB, cfg *Config, next consumer.Logs) *detector {
	tb.Helper()
	d, err := newDetector(processortest.NewNopSettings(componentType), cfg, next, clock)
	require.NoError(tb, err)
	require.NoError(tb, d.Start(tb.Context(), componenttest.NewNopHost()))
	tb.Cleanup(func() { require.NoError(tb, d.Shutdown(context.Background())) }) //nolint:usetesting // the test's context is canceled by then
	return d
}

// account is the default account of flows.
const account = "123456789012"

// line returns a flow log line of version 2: TCP, one packet, the given number of seconds after t0.
func line(src string, sport int, dst string, dport, after int, action string) string {
	return lineOf(account, src, sport, dst, dport, after, action)
}

func lineOf(account, src string, sport int, dst string, dport, after int, action string) string {
	return fmt.Sprintf("2 %s eni-0a1b2c3d4e5f60718 %s %s %d %d 6 1 60 %d %d %s OK\n",
		account, src, dst, sport, dport, t0+after, t0+after+59, action)
}

// dnsOverTCP returns a flow of a host that alerts at once.
func dnsOverTCP(host, after int) string {
	return line(fmt.Sprintf("10.0.0.%d", host), 50000, "8.8.8.8", 53, after, "ACCEPT")
}

// decoded returns the log records that the receiver decodes from lines of version 2.
func decoded(lines ...string) plog.Logs {
	decoder := flowotlp.Decoder{Scope: flowotlp.Scope{Name: "github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver"}}
	logs, _, _ := decoder.Decode(flow.Default, "", []byte(strings.Join(lines, "")), 0)
	return logs
}

// alertsIn returns the alerts in a sink, in order.
func alertsIn(tb testing.TB, sink *consumertest.LogsSink) (alerts []*alert.Alert) {
	tb.Helper()
	for _, logs := range sink.AllLogs() {
		for a, err := range alertotlp.All(logs) {
			require.NoError(tb, err)
			alerts = append(alerts, a)
		}
	}
	return alerts
}

// sources returns the source addresses of alerts.
func sources(alerts []*alert.Alert) (list []string) {
	for _, a := range alerts {
		list = append(list, a.Source.String())
	}
	return list
}
