// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"maps"
	"net/netip"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// attributes holds all attributes that are read, by key: those that Decoder and the awslogs_encoding extension write,
// and those of the Elastic Common Schema. The field table says how its attributes are read.
var attributes = func() map[string]*attribute {
	byKey := ecsAttributes()
	maps.Copy(byKey, map[string]*attribute{
		keySource:       {traits: isFlow, set: setAddress(func(dst *flow.Flow, addr netip.Addr) { dst.Src = addr })},
		keyDestination:  {traits: isFlow, set: setAddress(func(dst *flow.Flow, addr netip.Addr) { dst.Dst = addr })},
		keyLocal:        {traits: hasLocal, set: setAddress(func(dst *flow.Flow, addr netip.Addr) { dst.Local = addr })},
		keyIntermediate: {set: setAddress(func(dst *flow.Flow, addr netip.Addr) { dst.Intermediate = addr })},
		keyProtocolName: {set: setProtocolName},
		keyLocalSide:    {traits: hasLocalSide, set: setLocalSide},
	})
	for _, f := range flow.Fields() {
		if f.Attribute != "" {
			byKey[f.Attribute] = &attribute{set: fieldSetter(&f)}
		}
	}
	for key, a := range byKey {
		a.key = key
		if strings.HasPrefix(key, "aws.vpc.flow.") || strings.HasPrefix(key, "aws.tgw.") {
			a.traits |= isFlow
		}
	}
	return byKey
}()
