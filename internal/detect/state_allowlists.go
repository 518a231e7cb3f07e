// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/allowlist"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// ignoreLists are the allowlist entries of the processor. Those of a single rule are with the rule.
type ignoreLists struct {
	config, files itemsByRule
	// identifies says that an entry, also of a single rule, matches what the inventory knows about a host.
	identifies       bool
	configIdentifies bool // the same without files
}

// itemsByRule are the entries for all rules, and those that name rules by the rule.
type itemsByRule struct {
	all    []allowlist.Item
	byRule map[string][]allowlist.Item
}

// noteConfig notes whether entries of the configuration match what the inventory knows.
func (l *ignoreLists) noteConfig(items []allowlist.Item) {
	l.configIdentifies = l.configIdentifies || identifies(items)
	l.identifies = l.identifies || l.configIdentifies
}

// setFiles replaces the entries from files.
func (l *ignoreLists) setFiles(items []allowlist.Item) {
	l.files = splitByRule(items)
	l.identifies = l.configIdentifies || identifies(items)
}

func identifies(items []allowlist.Item) bool {
	return slices.ContainsFunc(items, func(i allowlist.Item) bool { return i.Identifies() })
}

func splitByRule(items []allowlist.Item) (lists itemsByRule) {
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

// allowlists says which flows the allowlists remove, and counts them. It implements allowlist.Facts for the current event.
type allowlists struct {
	lists   *ignoreLists
	removed allowlist.Counts
	// fromAll are the flows of the current batch that an entry for all rules removed. Two shards may look at the same flow.
	fromAll []removedFlow

	shared     *shared
	ev         *Event
	machines   []allowlist.Machine // the internal sides of the event
	identified bool                // machines is set
}

// removedFlow is a flow, by its position in the batch, and the entry that removed it.
type removedFlow struct {
	position int
	entry    string
}

// countRemoved counts the flows that entries for all rules removed, once each.
func countRemoved(shards []*shard) {
	all := shards[0].allowlists
	for _, s := range shards[1:] {
		all.fromAll = append(all.fromAll, s.allowlists.fromAll...)
		s.allowlists.fromAll = s.allowlists.fromAll[:0]
	}
	slices.SortFunc(all.fromAll, func(a, b removedFlow) int { return cmp.Compare(a.position, b.position) })
	for _, each := range slices.Compact(all.fromAll) {
		all.removed.Add(each.entry)
	}
	all.fromAll = all.fromAll[:0]
}

// ignoreState says whether the allowlists for all rules match a flow. It is computed at most once per flow.
type ignoreState uint8

const (
	unknownIgnored ignoreState = iota
	notIgnored
	ignored
)

func newAllowlists(lists *ignoreLists) *allowlists {
	return &allowlists{lists: lists, removed: allowlist.Counts{}}
}

// begin starts a new event.
func (a *allowlists) begin(ev *Event) { a.ev, a.identified = ev, false }

// ignores reports whether an entry removes the current event from the rule. own are the rule's own entries.
func (a *allowlists) ignores(rule string, own []allowlist.Item) bool {
	if a.ignoresAll() {
		return true
	}
	for _, items := range [...][]allowlist.Item{a.lists.config.byRule[rule], a.lists.files.byRule[rule], own} {
		if entry, found := a.match(items); found {
			a.removed.Add(entry)
			return true
		}
	}
	return false
}

// ignoresAll reports whether an entry removes the current event from all rules.
func (a *allowlists) ignoresAll() bool {
	now := &a.shared.current
	if now.ignored == unknownIgnored {
		now.ignored = notIgnored
		entry, found := a.match(a.lists.config.all)
		if !found {
			entry, found = a.match(a.lists.files.all)
		}
		if found {
			now.ignored = ignored
			a.fromAll = append(a.fromAll, removedFlow{now.position, entry})
		}
	}
	return now.ignored == ignored
}

func (a *allowlists) match(items []allowlist.Item) (entry string, found bool) {
	if len(items) == 0 {
		return "", false
	}
	return allowlist.Match(items, &a.ev.Flow, a)
}

// matchHost returns the first entry that names only the source and the account of the flow.
func (a *allowlists) matchHost(f *flow.Flow, rule string, own []allowlist.Item) (entry string, found bool) {
	config, files := &a.lists.config, &a.lists.files
	for _, items := range [...][]allowlist.Item{config.all, files.all, config.byRule[rule], files.byRule[rule], own} {
		if entry, found = allowlist.MatchHost(items, f); found {
			return entry, true
		}
	}
	return "", false
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
