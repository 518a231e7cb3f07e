// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alerttext

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func TestSidesShowWhatIsKnown(t *testing.T) {
	a := &alert.Alert{
		Source: netip.MustParseAddr("10.0.0.1"), Destination: netip.MustParseAddr("203.0.113.9"), DestinationCountry: "NL",
		SourceMachine: alert.Machine{
			Interface: "eni-1", Instance: "i-1", VPC: "vpc-1", Subnet: "subnet-1", Zone: "euw1-az1", Group: "web", Name: "web-7", Owner: "payments",
		},
		DestinationAS: alert.AS{Number: 64496, Organization: "Example Networks"},
	}
	assert.Equal(t, "10.0.0.1 (web-7, i-1, group web, owner payments, eni-1, subnet-1, vpc-1, euw1-az1)", Source(a))
	assert.Equal(t, "203.0.113.9 (NL, AS64496 Example Networks)", Destination(a))
	assert.Equal(t, "10.0.0.1", Source(&alert.Alert{Source: a.Source}))
	assert.Empty(t, Source(&alert.Alert{SourceCountry: "NL"}))
	only := netip.MustParseAddr("10.0.0.2")
	assert.Equal(t, "10.0.0.2 (i-2)", Destination(&alert.Alert{Destinations: []netip.Addr{only}, DestinationMachine: alert.Machine{Instance: "i-2"}}))
	assert.Empty(t, Destination(&alert.Alert{Destinations: []netip.Addr{only, a.Source}}))
	assert.Equal(t, "Example Networks", System(alert.AS{Organization: "Example Networks"}))
	assert.Empty(t, System(alert.AS{}))
	assert.Equal(t, "i-1", Name(&alert.Machine{Instance: "i-1"}))
	assert.Equal(t, "web-7", Name(&a.SourceMachine))
}
