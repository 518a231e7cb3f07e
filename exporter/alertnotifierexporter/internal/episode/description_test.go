// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func TestDurationsAreWrittenAsInSummaries(t *testing.T) {
	for seconds, want := range map[int64]string{
		-1: "-1 s", 0: "0 s", 1: "1 s", 59: "59 s", 60: "1 min", 90: "1 min 30 s", 600: "10 min", 3599: "59 min 59 s", 3600: "1 h", 3601: "1 h",
		5400: "1 h 30 min", 86399: "23 h 59 min", 86400: "1 d", 90000: "1 d 1 h", 86460: "1 d",
	} {
		assert.Equal(t, want, period(seconds))
	}
}

func TestNumbersAreReadable(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", -1000: "-1,000", 1_234_567: "1,234,567", -999: "-999"} {
		assert.Equal(t, want, thousands(n))
	}
	assert.Equal(t, "0 flows", counted(0, "flows"))
	assert.Equal(t, "1 flow", counted(1, "flows"))
	assert.Equal(t, "2 flows", counted(2, "flows"))
}

func TestAThresholdIsNamedWhereThereIsOne(t *testing.T) {
	a := &alert.Alert{Unit: alert.Flows, Measure: 1, Window: 3600, Flows: 1, Packets: 1, Bytes: 1}
	const evidence = "Evidence: 1 flow, 1 packet, 1 byte."
	for threshold, want := range map[int64]string{0: "", 1: "", 2: " (threshold 2)", 20_000_000: " (threshold 20,000,000)"} {
		a.Threshold = threshold
		assert.Equal(t, "1 flow within 1 h"+want+". "+evidence, howMuch(a))
	}
	a.Window, a.Threshold = 0, 1
	assert.Equal(t, "1 flow. "+evidence, howMuch(a))
}

func TestFlowTextFormatsTheTimeInUTC(t *testing.T) {
	const ends = "203.0.113.7:50009 > 10.0.1.11:2019 tcp REJECT 1 60 "
	for sample, want := range map[string]string{
		ends + "1736899219 eni-1":              ends + "2025-01-15 00:00:19 UTC eni-1",
		ends + "1736899219 -":                  ends + "2025-01-15 00:00:19 UTC -",
		ends + "253402300799 eni-1":            ends + "9999-12-31 23:59:59 UTC eni-1",
		ends + "253402300800 eni-1":            ends + "253402300800 eni-1",
		ends + "0 eni-1":                       ends + "0 eni-1",
		ends + "- eni-1":                       ends + "- eni-1",
		"what somebody sends 1 2 3 1736899219": "what somebody sends 1 2 3 1736899219",
		"a > b tcp":                            "a > b tcp",
		"":                                     "",
	} {
		assert.Equal(t, want, flowText(alert.ParseSample(sample)))
	}
}
