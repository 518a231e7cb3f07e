// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// String formats the case so that a person can follow it.
func (c *randomCase) String() string {
	var text strings.Builder
	show := c.cfg
	show.Rules, show.ServicePorts, show.InternalNetworks, show.CustomRules = nil, nil, nil, nil
	fmt.Fprintf(&text, "%+v\n", show)
	for _, r := range c.cfg.CustomRules {
		fmt.Fprintf(&text, "%s %s key %v count %v sum %q over %t match %s first %s then %s %+v\n",
			r.ID, r.Kind, r.Key, r.Count, r.Sum, r.Over, matchText(r.Match), matchText(r.First), matchText(r.Then), r.Settings)
	}
	for _, id := range slices.Sorted(maps.Keys(c.cfg.Rules)) {
		fmt.Fprintf(&text, "%s %+v\n", id, c.cfg.Rules[id])
	}
	for i, f := range c.flows {
		fmt.Fprintf(&text, "%d: t=%d %s:%d > %s:%d proto %d flags %d %v %v %d packets %d bytes %s %s %s hop %v\n", i, f.Time,
			f.Src, f.SrcPort, f.Dst, f.DstPort, f.Protocol, f.Flags, f.Action, f.Direction, f.Packets, f.Bytes,
			f.Account, f.VPC, f.Interface, f.Hop)
	}
	return text.String()
}

func matchText(m *detect.Match) string {
	if m == nil {
		return "-"
	}
	show := *m
	show.Not = nil
	text := fmt.Sprintf("%+v", show)
	if m.Not != nil {
		text += " not " + matchText(m.Not)
	}
	return text
}
