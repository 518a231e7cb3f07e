// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"crypto/sha256"
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

const (
	// maxGateways bounds the number of gateway addresses. Beyond it, the least recently named one is evicted.
	maxGateways = 100_000
	// gatewayRetention is how long after its last hop record an address counts as a gateway, in seconds.
	gatewayRetention = 30 * 86400
	// gatewaysKey is the storage key of the gateway addresses.
	gatewaysKey = "gateways"
)

// gateways holds the addresses of NAT gateways and similar devices, by account. Hop records name these addresses.
// Traffic between such an address and the Internet belongs to the hosts behind the gateway, whose own interfaces log it
// as well.
type gateways struct {
	table *lru.Table[gateway]
	log   *changeLog[gateway]
}

// gateway is the time of the last hop record that named an address.
type gateway struct{ last int64 }

func newGateways(limit int) *gateways {
	table := lru.New[gateway](limit)
	return &gateways{table, &changeLog[gateway]{
		key:    gatewaysKey,
		table:  table,
		encode: func(e *encode.Encoder, g *gateway) { e.Int(g.last) },
		decode: func(d *encode.Decoder, g *gateway) { g.last = d.Int() },
	}}
}

// learn adds the gateway addresses that a hop record names.
func (g *gateways) learn(ev *Event) {
	for _, address := range [...]netip.Addr{ev.Local, ev.Intermediate} {
		if !address.IsValid() {
			continue
		}
		key := gatewayKey(ev.Account, address.As16())
		known, created := g.table.Touch(&key)
		if created || ev.Time > known.last {
			known.last = ev.Time
		}
	}
}

// carries reports whether the flow is between the address of a gateway and an external address.
func (g *gateways) carries(ev *Event) bool {
	if g.table.Len() == 0 {
		return false
	}
	switch ev.class {
	case network.InternalToExternal:
		return g.has(ev, ev.src)
	case network.ExternalToInternal:
		return g.has(ev, ev.dst)
	case network.ExternalToExternal:
		return g.has(ev, ev.src) || g.has(ev, ev.dst)
	default:
		return false
	}
}

func (g *gateways) has(ev *Event, address [16]byte) bool {
	key := gatewayKey(ev.Account, address)
	known := g.table.Get(&key)
	return known != nil && ev.Time <= known.last+gatewayRetention
}

// gatewayKey returns the key of an address in an account. The account is stored in place of the second address, because
// an account id fits into its 16 bytes. A longer name is hashed.
func gatewayKey(account string, address [16]byte) lru.Key {
	key := lru.Key{Scope: 1, Src: address} // no key has the scope 0
	if len(account) <= len(key.Dst) {
		copy(key.Dst[:], account)
	} else {
		sum := sha256.Sum256([]byte(account))
		copy(key.Dst[:], sum[:])
	}
	return key
}
