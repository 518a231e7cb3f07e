// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"net/netip"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
)

func TestGroupKeyIsRuleAndSourceOrDestination(t *testing.T) {
	a := alerttest.ListedDestination()
	assert.Equal(t, "vpc_flow/suspicious_destination/source=10.0.0.5", keyOf(a).String())
	a.Source = netip.Addr{}
	assert.Equal(t, "vpc_flow/suspicious_destination/destination=130.239.200.130", keyOf(a).String())
	a.Destination = netip.Addr{}
	assert.Equal(t, "vpc_flow/suspicious_destination/=", keyOf(a).String())
	assert.Equal(t, model.LabelSet{"rule": "suspicious_destination"}, keyOf(a).labels())
}
