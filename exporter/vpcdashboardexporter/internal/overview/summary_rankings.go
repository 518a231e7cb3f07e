// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"cmp"
	"net/netip"
	"strconv"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/topk"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/traffic"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// maxRanked is the number of ranked entries of each dimension.
const maxRanked = 100

// ranking holds the heaviest entries of a dimension by each measure, heaviest first.
type ranking [len(traffic.Measures)][]Entry

// unions adds up the sketches of the intervals in a range.
type unions struct {
	sources, destinations                 topk.Union[netip.Addr]
	ports                                 topk.Union[uint16]
	protocols                             topk.Union[uint8]
	interfaces, accounts                  topk.Union[string]
	sourceCountries, destinationCountries topk.Union[string]
	subnetPairs                           topk.Union[subnetPair]
}

func (u *unions) add(b *bucket) {
	u.sources.Add(&b.sources)
	u.destinations.Add(&b.destinations)
	u.ports.Add(&b.ports)
	u.protocols.Add(&b.protocols)
	u.interfaces.Add(&b.interfaces)
	u.accounts.Add(&b.accounts)
	u.sourceCountries.Add(&b.sourceCountries)
	u.destinationCountries.Add(&b.destinationCountries)
	u.subnetPairs.Add(&b.subnetPairs)
}

func (u *unions) rankings() map[Dimension]ranking {
	text := func(s string) string { return s }
	return map[Dimension]ranking{
		Sources:              newRanking(&u.sources, netip.Addr.Compare, netip.Addr.String),
		Destinations:         newRanking(&u.destinations, netip.Addr.Compare, netip.Addr.String),
		Ports:                newRanking(&u.ports, cmp.Compare[uint16], func(p uint16) string { return strconv.Itoa(int(p)) }),
		Protocols:            newRanking(&u.protocols, cmp.Compare[uint8], protocolName),
		Interfaces:           newRanking(&u.interfaces, strings.Compare, text),
		Accounts:             newRanking(&u.accounts, strings.Compare, text),
		SourceCountries:      newRanking(&u.sourceCountries, strings.Compare, text),
		DestinationCountries: newRanking(&u.destinationCountries, strings.Compare, text),
	}
}

// newRanking ranks the keys by each measure and converts them to text.
func newRanking[K comparable](union *topk.Union[K], compare func(a, b K) int, text func(K) string) ranking {
	var r ranking
	counters := union.Counters()
	for m, measure := range traffic.Measures {
		for _, c := range topk.Rank(counters, measure, maxRanked, compare) {
			r[m] = append(r[m], Entry{Key: text(c.Key), Value: c.Max()[m], Error: c.Missed[m]})
		}
	}
	return r
}

// protocolName returns the keyword of a protocol, or its number if it has none.
func protocolName(number uint8) string {
	return cmp.Or(flow.ProtocolName(number), strconv.Itoa(int(number)))
}
