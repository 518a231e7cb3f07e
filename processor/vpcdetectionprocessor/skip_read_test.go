// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"

	"github.com/vpcflow/otelcol-vpcflow/internal/delivery"
)

func TestObjectThatTwoReadersHaveReadIsCountedOnce(t *testing.T) {
	type block struct{ from, to int } // of a file of ten lines, as the readers send it
	for name, test := range map[string]struct {
		blocks  []block
		skipped int64
		alerts  bool // ten probes were counted
	}{
		"one after the other":               {[]block{{0, 5}, {5, 10}, {0, 5}, {5, 10}}, 10, true},
		"at the same time":                  {[]block{{0, 5}, {0, 5}, {5, 10}, {5, 10}}, 10, true},
		"the second continues":              {[]block{{0, 5}, {0, 5}, {5, 10}}, 5, true},
		"the first is faster":               {[]block{{0, 3}, {3, 6}, {0, 3}, {6, 10}, {3, 6}, {6, 10}}, 10, true},
		"a block that was counted in part":  {[]block{{0, 4}, {0, 5}, {5, 10}}, 0, true},
		"a block without the one before it": {[]block{{5, 10}, {5, 10}}, 5, false},
	} {
		t.Run(name, func(t *testing.T) {
			sink := new(consumertest.LogsSink)
			d := start(t, configOf(t, "{}"), sink)
			lines := probes(1, 10)
			for offset, b := range test.blocks {
				received := &delivery.Batch{
					Input: delivery.NewInput("partition"), First: int64(offset) << 22, Records: int64(b.to - b.from),
					Origin: &delivery.Origin{Input: delivery.NewInput("object"), First: int64(b.from), End: int64(b.to)},
				}
				require.NoError(t, d.ConsumeLogs(delivery.NewContext(t.Context(), received), decoded(lines[b.from:b.to]...)))
			}
			assert.Equal(t, test.skipped, d.snapshot().skipped[alreadyRead])
			assert.Equal(t, test.alerts, len(alertsIn(t, sink)) == 1)
		})
	}
}

func TestBlockThatAComponentInBetweenHasSplitIsCountedWhole(t *testing.T) {
	sink := new(consumertest.LogsSink)
	d := start(t, configOf(t, "{}"), sink)
	lines := probes(1, 10)
	origin := &delivery.Origin{Input: delivery.NewInput("object"), End: 10}
	ctx := delivery.NewContext(t.Context(), &delivery.Batch{Input: delivery.NewInput("partition"), Records: 10, Origin: origin})
	require.NoError(t, d.ConsumeLogs(ctx, decoded(lines[:7]...)))
	require.NoError(t, d.ConsumeLogs(ctx, decoded(lines[7:]...)))
	require.Len(t, alertsIn(t, sink), 1)
	require.Zero(t, d.snapshot().skipped[alreadyRead])
}
