// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNetworkTypesAreInLowerCase(t *testing.T) {
	for given, want := range map[string]string{"IPv4": "ipv4", "IPv6": "ipv6", "EFA": "efa", "NewType": "newtype"} {
		assert.Equal(t, want, lower(given))
	}
}
