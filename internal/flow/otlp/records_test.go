// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/flowtest"
)

func TestAllReturnsEachRecordWithItsResourceAndScope(t *testing.T) {
	logs, _ := decode("account-id srcport\n1 10\n2 20\n1 11\naccount-id dstport\n1 12\n")
	type place struct{ account, format string }
	var places []place
	for record := range All(logs) {
		places = append(places, place{textOf(record.Resource.Attributes(), keyAccount), textOf(record.Scope.Attributes(), keyFormat)})
	}
	const first, second = "account-id srcport", "account-id dstport"
	assert.Equal(t, []place{{"1", first}, {"2", first}, {"1", first}, {"1", second}}, places)

	for range All(logs) {
		places = places[1:]
		break // The iterator must stop here.
	}
	assert.Len(t, places, 3)
}

func TestReadReturnsTheReason(t *testing.T) {
	for name, test := range map[string]struct {
		record testRecord
		want   flow.Reason
	}{
		"a flow":    {testRecord{body: flowtest.ExampleV2}, ""},
		"a header":  {testRecord{body: flow.Default.String()}, flow.HeaderLine},
		"no flow":   {testRecord{body: ""}, flow.NotAFlow},
		"a bad one": {testRecord{body: "x"}, flow.TooFewFields},
	} {
		t.Run(name, func(t *testing.T) {
			var got flow.Flow
			assert.Equal(t, test.want, NewRecordReader(flow.Default).Read(test.record.logRecord(t), &got))
		})
	}
}
