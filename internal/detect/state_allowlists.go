// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/allowlist"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// allowlists checks flows against the entries of the processor and of the rules. It implements allowlist.Facts for the
// current event.
type allowlists struct {
	shared *shared
	config ignoreLists
	files  ignoreLists

	ev         *Event
	machines   []allowlist.Machine // the internal sides of the event
	identified bool                // machines is set
}

// ignoreLists holds the entries of the processor: those for all rules, and those for certain rules by rule id.
type ignoreLists struct {
	all    []allowlist.Item
	byRule map[string][]allowlist.Item
}

func newAllowlists(s *shared, config []Ignore) *allowlists {
	return &allowlists{shared: s, config: splitByRule(s.allowlist.AddPermanent("ignore", config))}
}

func splitByRule(items []allowlist.Item) (lists ignoreLists) {
	for _, item := range items {
		if item.Rule == nil {
			lists.all = append(lists.all, item)
			continue
		}
		if lists.byRule == nil {
			lists.byRule = map[string][]allowlist.Item{}
		}
		for _, id := range item.Rule {
			lists.byRule[id] = append(lists.byRule[id], item)
		}
	}
	return lists
}

// begin starts a new event.
func (a *allowlists) begin(ev *Event) { a.ev, a.identified = ev, false }

// ignores reports whether an entry removes the current event from the rule. own are the rule's own entries.
func (a *allowlists) ignores(rule string, own []allowlist.Item) bool {
	if a.ev.ignored == unknownIgnored {
		a.ev.ignored = notIgnored
		if a.match(a.config.all) || a.match(a.files.all) {
			a.ev.ignored = ignored
		}
	}
	return a.ev.ignored == ignored || a.match(a.config.byRule[rule]) || a.match(a.files.byRule[rule]) || a.match(own)
}

func (a *allowlists) match(items []allowlist.Item) bool {
	return len(items) > 0 && a.shared.allowlist.Match(items, &a.ev.Flow, a)
}

// Country implements allowlist.Facts.
func (a *allowlists) Country() string { return a.shared.country(a.ev).String() }

// Machines implements allowlist.Facts.
func (a *allowlists) Machines() []allowlist.Machine {
	if !a.identified {
		a.identified, a.machines = true, a.machines[:0]
		switch a.ev.class {
		case network.InternalToInternal:
			a.identify(a.ev.Src)
			a.identify(a.ev.Dst)
		case network.InternalToExternal:
			a.identify(a.ev.Src)
		case network.ExternalToInternal:
			a.identify(a.ev.Dst)
		}
	}
	return a.machines
}

func (a *allowlists) identify(address netip.Addr) {
	id := a.shared.identify(a.ev, address, a.ev.Time)
	a.machines = append(a.machines, allowlist.Machine{
		Name: id.Name.Name, Owner: id.Name.Owner, Tags: id.Tags,
		TagValues: [...]string{id.InstanceTag, id.InterfaceTag, id.GroupTag},
	})
}
