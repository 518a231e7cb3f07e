// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"net/netip"
	"strings"
	"unicode/utf8"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/topk"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/traffic"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// bucket holds the heaviest keys of each dimension in one interval.
type bucket struct {
	sources, destinations                 topk.Sketch[netip.Addr]
	ports                                 topk.Sketch[uint16]
	protocols                             topk.Sketch[uint8]
	interfaces, accounts                  topk.Sketch[string]
	sourceCountries, destinationCountries topk.Sketch[string]
	subnetPairs                           topk.Sketch[subnetPair]
	names                                 interner // shared by all buckets
	isChanged                             bool     // since the last save
}

// evictions counts evicted keys by dimension.
type evictions struct {
	sources, destinations, ports, protocols, interfaces, accounts, sourceCountries, destinationCountries, subnetPairs uint64
}

func newBucket(limit int, e *evictions, names interner) *bucket {
	return &bucket{
		sources: topk.New[netip.Addr](limit, &e.sources), destinations: topk.New[netip.Addr](limit, &e.destinations),
		ports: topk.New[uint16](limit, &e.ports), protocols: topk.New[uint8](limit, &e.protocols),
		interfaces: topk.New[string](limit, &e.interfaces), accounts: topk.New[string](limit, &e.accounts),
		sourceCountries: topk.New[string](limit, &e.sourceCountries), destinationCountries: topk.New[string](limit, &e.destinationCountries),
		subnetPairs: topk.New[subnetPair](limit, &e.subnetPairs),
		names:       names,
	}
}

// add counts a flow in each dimension for which it has a value.
func (b *bucket) add(o *observation) {
	b.isChanged = true
	if o.src.IsValid() {
		b.sources.Add(o.src, &o.totals)
	}
	if o.dst.IsValid() {
		b.destinations.Add(o.dst, &o.totals)
	}
	if o.servicePort != 0 {
		b.ports.Add(o.servicePort, &o.totals)
	}
	if o.protocol != 0 {
		b.protocols.Add(o.protocol, &o.totals)
	}
	b.addName(&b.interfaces, o.networkInterface, &o.totals)
	b.addName(&b.accounts, o.account, &o.totals)
	if o.srcCountry != "" {
		b.sourceCountries.Add(o.srcCountry, &o.totals)
	}
	if o.dstCountry != "" {
		b.destinationCountries.Add(o.dstCountry, &o.totals)
	}
	if o.hasClass && o.class == network.InternalToInternal {
		b.subnetPairs.Add(subnetPair{subnetOf(o.src), subnetOf(o.dst)}, &o.totals)
	}
}

// maxName is the longest prefix of an interface or account name that is kept, in bytes. Names of AWS are much shorter.
const maxName = 64

// addName counts traffic for a name that aliases a record. A new key is a copy.
func (b *bucket) addName(s *topk.Sketch[string], name string, totals *traffic.Totals) {
	if name == "" {
		return
	}
	name = name[:min(len(name), maxName)]
	if !utf8.ValidString(name) {
		name = strings.ToValidUTF8(name, "?")
	}
	if !s.AddTracked(name, totals) {
		s.Track(b.names.intern(name), totals)
	}
}

// merge adds the counts of another bucket.
func (b *bucket) merge(other *bucket) {
	b.isChanged = true
	b.sources.Merge(&other.sources)
	b.destinations.Merge(&other.destinations)
	b.ports.Merge(&other.ports)
	b.protocols.Merge(&other.protocols)
	b.interfaces.Merge(&other.interfaces)
	b.accounts.Merge(&other.accounts)
	b.sourceCountries.Merge(&other.sourceCountries)
	b.destinationCountries.Merge(&other.destinationCountries)
	b.subnetPairs.Merge(&other.subnetPairs)
}
