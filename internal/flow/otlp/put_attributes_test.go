// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

func TestLower(t *testing.T) {
	for given, want := range map[string]string{"IPv4": "ipv4", "IPv6": "ipv6", "EFA": "efa", "NewType": "newtype"} {
		assert.Equal(t, want, lower(given))
	}
}

func TestAddressAttributesAreNotInTheFieldTable(t *testing.T) {
	keys := append(addressKeys[:], keyProtocolName, keyAccount, keyRegion)
	for _, f := range flow.Fields() {
		assert.NotContains(t, keys, f.Attribute, f.Name)
	}
}
