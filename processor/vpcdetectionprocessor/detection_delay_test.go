// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func TestDetectionDelayIsTheTimeFromTheFlowToTheOpenedAlert(t *testing.T) {
	var sink consumertest.LogsSink
	m := meter(t, "{repeat_interval: 1m}", &sink)
	m.consume(t, decoded(dnsOverTCP(1, 0)))
	m.consume(t, decoded(dnsOverTCP(1, 90))) // updates the episode
	alerts := alertsIn(t, &sink)
	require.Len(t, alerts, 2)
	require.Equal(t, alert.Updated, alerts[1].Status)

	got, err := m.telemetry.GetMetric("vpc_flow.detection.delay")
	require.NoError(t, err)
	points := got.Data.(metricdata.Histogram[float64]).DataPoints
	require.Len(t, points, 1)
	assert.Equal(t, attribute.NewSet(attribute.String("rule", "dns_not_over_udp")), points[0].Attributes)
	assert.EqualValues(t, 1, points[0].Count)
	assert.InDelta(t, float64(clock().Unix()-alerts[0].Time), points[0].Sum, 0)
	assert.Positive(t, points[0].Sum)
}
