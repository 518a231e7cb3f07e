// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package episode

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func TestCountHasTheSingularOfItsUnit(t *testing.T) {
	assert.Equal(t, "0 flows", count(0, "flows"))
	assert.Equal(t, "1 flow", count(1, "flows"))
	assert.Equal(t, "1,234,567 flows", count(1_234_567, "flows"))
}

func TestDescriptionOmitsThresholdOfOne(t *testing.T) {
	a := &alert.Alert{Unit: alert.Flows, Measure: 1, Window: 3600, Flows: 1, Packets: 1, Bytes: 1}
	const evidence = "Evidence: 1 flow, 1 packet, 1 byte."
	for threshold, want := range map[int64]string{0: "", 1: "", 2: " (threshold 2)", 20_000_000: " (threshold 20,000,000)"} {
		a.Threshold = threshold
		assert.Equal(t, "1 flow within 1 h"+want+". "+evidence, description(a))
	}
	a.Window, a.Threshold = 0, 1
	assert.Equal(t, "1 flow. "+evidence, description(a))
}

func TestFlowTextFormatsTheTimeInUTC(t *testing.T) {
	const ends = "203.0.113.7:50009 > 10.0.1.11:2019 tcp REJECT 1 60 "
	for sample, want := range map[string]string{
		ends + "1736899219 eni-1":                 ends + "2025-01-15 00:00:19 UTC eni-1",
		ends + "1736899219 -":                     ends + "2025-01-15 00:00:19 UTC -",
		ends + "253402300799 eni-1":               ends + "9999-12-31 23:59:59 UTC eni-1",
		ends + "253402300800 eni-1":               ends + "253402300800 eni-1",
		ends + "0 eni-1":                          ends + "0 eni-1",
		ends + "- eni-1":                          ends + "- eni-1",
		"other text with fields 1 2 3 1736899219": "other text with fields 1 2 3 1736899219",
		"a > b tcp":                               "a > b tcp",
		"":                                        "",
	} {
		assert.Equal(t, want, flowText(alert.ParseSample(sample)))
	}
}
