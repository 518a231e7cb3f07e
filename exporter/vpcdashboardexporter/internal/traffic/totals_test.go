// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package traffic_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/traffic"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

func TestTotalsOfAFlowCountItsAction(t *testing.T) {
	for action, want := range map[flow.Action]traffic.Totals{
		flow.Accept:   {Flows: 1, Packets: 2, Bytes: 30, Accepted: 1},
		flow.Reject:   {Flows: 1, Packets: 2, Bytes: 30, Rejected: 1},
		flow.NoAction: {Flows: 1, Packets: 2, Bytes: 30},
	} {
		assert.Equal(t, want, traffic.Of(&flow.Flow{Packets: 2, Bytes: 30, Action: action}))
	}
}

func TestSumsSaturate(t *testing.T) {
	largest := traffic.Totals{math.MaxUint64, math.MaxUint64, math.MaxUint64, math.MaxUint64, math.MaxUint64}
	totals := largest
	totals.Add(&traffic.Totals{1, 1, 1, 1, 1})
	assert.Equal(t, largest, totals)

	values := traffic.Values{math.MaxUint64, 1, 0}
	values.Add(&traffic.Values{1, math.MaxUint64, 7})
	assert.Equal(t, traffic.Values{math.MaxUint64, math.MaxUint64, 7}, values)
}

func TestValuesFollowTheOrderOfMeasures(t *testing.T) {
	totals := traffic.Totals{Flows: 1, Packets: 2, Bytes: 3, Accepted: 4, Rejected: 5}
	for measure, want := range map[traffic.Measure]uint64{
		traffic.ByFlows: 1, traffic.ByBytes: 3, traffic.ByRejects: 5, "": 1, "unknown": 1,
	} {
		assert.Equal(t, want, totals.By(measure), string(measure))
	}
}
