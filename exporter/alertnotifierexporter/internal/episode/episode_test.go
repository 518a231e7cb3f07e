// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package episode

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func TestEpisodeSurvivesJSON(t *testing.T) {
	for _, a := range []*alert.Alert{alerttest.PortScan("a", "203.0.113.7"), alerttest.ListedDestination(), {UID: "x"}} {
		e := New(a, alerttest.Noon()).WithNotification(alerttest.Noon())
		text, err := json.Marshal(e)
		require.NoError(t, err)
		var decoded Episode
		require.NoError(t, json.Unmarshal(text, &decoded))
		assert.Equal(t, *e, decoded)
	}
}

func TestSeverityIsALabel(t *testing.T) {
	e := New(alerttest.PortScan("a", "203.0.113.7"), alerttest.Noon())
	assert.Equal(t, model.LabelValue("low"), e.ToAlertmanager(alert.Low, time.Time{}, "").Labels["severity"])
	assert.NotContains(t, e.Labels, model.LabelName("severity"))
}
