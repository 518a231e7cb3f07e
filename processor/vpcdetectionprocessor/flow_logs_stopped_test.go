// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/ocsf"
	"github.com/vpcflow/otelcol-vpcflow/internal/ocsf/schema"
)

// logLive sends a record of each account that starts at the current time of the clock.
func (r *harness) logLive(accounts ...string) {
	for _, account := range accounts {
		seconds := int(r.clock().Unix() - t0)
		require.NoError(r.t, r.ConsumeLogs(r.t.Context(), decoded(lineOf(account, "10.0.1.1", 50000, "10.0.2.9", 443, seconds, "ACCEPT"))))
	}
}

// silences returns the alerts of flow_logs_stopped since the last call.
func (r *harness) silences() (list []*alert.Alert) {
	r.queue.flush(r.t.Context())
	for _, a := range alertsIn(r.t, r.sink) {
		if a.Rule == "flow_logs_stopped" {
			list = append(list, a)
		}
	}
	r.sink.Reset()
	return list
}

func TestAnAccountThatStopsLoggingIsReported(t *testing.T) {
	const quiet, other = "111122223333", "444455556666"
	r := newHarness(t, "{}").run()
	for range 24 {
		r.logLive(quiet, other)
		r.tick(time.Hour)
	}
	r.logLive(quiet, other)
	r.tick(time.Hour - time.Second)
	r.logLive(other)
	r.tick(0)
	assert.Empty(t, r.silences())
	r.tick(time.Second)
	list := r.silences()
	require.Len(t, list, 1)
	assert.Equal(t, alert.Opened, list[0].Status)
	assert.Equal(t, quiet, list[0].Account)
	assert.Equal(t, "No flow logs of account 111122223333 for 1 h; others still arrive", list[0].Body)
	assert.Equal(t, r.clock().Unix(), list[0].Time)
	r.tick(time.Minute)
	assert.Empty(t, r.silences(), "one alert per silence")
	r.logLive(quiet)
	ended := r.silences()
	require.Len(t, ended, 1)
	assert.Equal(t, alert.Resolved, ended[0].Status)
	assert.Equal(t, list[0].UID, ended[0].UID)
	table, err := schema.Load()
	require.NoError(t, err)
	for _, a := range []*alert.Alert{list[0], ended[0]} {
		event, err := json.Marshal(ocsf.Finding(a))
		require.NoError(t, err)
		assert.NoError(t, table.Validate(event), "%s", event)
	}
}

func TestNoAlertIfNothingArrivesAtAll(t *testing.T) {
	r := newHarness(t, "{}").run()
	for range 24 {
		r.logLive("111122223333", "444455556666")
		r.tick(time.Hour)
	}
	r.tick(time.Hour)
	assert.Empty(t, r.silences())
	assert.EqualValues(t, 1, r.snapshot().silentInput)
}

func TestFlowLogsStoppedCanBeDisabledAndIgnored(t *testing.T) {
	for _, yaml := range []string{
		"rules: {flow_logs_stopped: {enabled: false}}",
		"rules: {flow_logs_stopped: {dry_run: true}}",
		`rules: {flow_logs_stopped: {ignore: [{account: "111122223333"}]}}`,
		"rules: {flow_logs_stopped: {silence: 3h}}",
	} {
		r := newHarness(t, yaml).run()
		for range 24 {
			r.logLive("111122223333", "444455556666")
			r.tick(time.Hour)
		}
		r.logLive("444455556666")
		r.tick(time.Minute)
		assert.Empty(t, r.silences(), yaml)
	}
}
