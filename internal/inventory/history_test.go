// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

func machine(eni, instance string) *Owner { return &Owner{Interface: eni, Instance: instance} }

// flowOf returns a flow that says the same about its interface. Its time is t.
func flowOf(t int64, o *Owner) *flow.Flow {
	return &flow.Flow{
		Time: t, Interface: o.Interface, Instance: o.Instance, Account: o.Account, VPC: o.VPC, Subnet: o.Subnet, Zone: o.Zone,
		ECSCluster: o.ECSCluster, ECSService: o.ECSService, ECSTask: o.ECSTask,
		InstanceTag: o.InstanceTag, InterfaceTag: o.InterfaceTag, GroupTag: o.GroupTag,
	}
}

type observation struct {
	t     int64
	owner *Owner
	weak  bool
}

func TestHistory(t *testing.T) {
	for _, c := range []struct {
		name string
		seen []observation
		at   int64
		want string // the interface; empty when unknown
	}{
		{"an address without records is unknown", nil, 100, ""},
		{"an address is unknown before its first record", []observation{{100, machine("eni-1", "i-1"), false}}, 99, ""},
		{"an address is known from its first record on", []observation{{100, machine("eni-1", "i-1"), false}}, 100, "eni-1"},
		{"the last owner stays known", []observation{{100, machine("eni-1", "i-1"), false}}, 1_000_000, "eni-1"},
		{"an address that moved belongs to its new owner", []observation{{100, machine("eni-1", "i-1"), false}, {200, machine("eni-2", "i-2"), false}}, 200, "eni-2"},
		{"before the move it belongs to the old owner", []observation{{100, machine("eni-1", "i-1"), false}, {200, machine("eni-2", "i-2"), false}}, 199, "eni-1"},
		{"a late record of the old owner does not move it back", []observation{
			{100, machine("eni-1", "i-1"), false}, {200, machine("eni-2", "i-2"), false}, {150, machine("eni-1", "i-1"), false},
		}, 200, "eni-2"},
		{"a late record of the new owner moves its start back", []observation{
			{100, machine("eni-1", "i-1"), false}, {200, machine("eni-2", "i-2"), false}, {180, machine("eni-2", "i-2"), false},
		}, 185, "eni-2"},
		{"an older owner can be learned late", []observation{{200, machine("eni-2", "i-2"), false}, {100, machine("eni-1", "i-1"), false}}, 150, "eni-1"},
		{"an owner that comes back counts again", []observation{
			{100, machine("eni-1", "i-1"), false}, {200, machine("eni-2", "i-2"), false}, {300, machine("eni-1", "i-1"), false},
		}, 300, "eni-1"},
		{"an inferred owner is better than none", []observation{{100, machine("eni-1", ""), true}}, 100, "eni-1"},
		{"a direct owner replaces an inferred one", []observation{{100, machine("eni-1", ""), true}, {150, machine("eni-2", ""), false}}, 150, "eni-2"},
		{"an inferred owner does not replace a direct one", []observation{{100, machine("eni-1", ""), false}, {150, machine("eni-2", ""), true}}, 150, "eni-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var h History
			for _, o := range c.seen {
				h.Learn(o.t, o.owner, o.weak)
			}
			got := ""
			if owner, ok := h.At(c.at); ok {
				got = owner.Interface
			}
			assert.Equal(t, c.want, got)
		})
	}
}

func TestHistoryMergesRecordsWithDifferentFields(t *testing.T) {
	var h History
	h.Learn(100, &Owner{Interface: "eni-1"}, false)
	h.Learn(110, &Owner{Interface: "eni-1", Instance: "i-1", Place: Place{VPC: "vpc-1", Subnet: "subnet-1"}}, false)
	h.Learn(120, &Owner{Instance: "i-1", Place: Place{Zone: "use1-az2", GroupTag: "web"}}, false)
	require.Len(t, h.Spans(), 1)
	assert.Equal(t, Span{
		Owner: Owner{Interface: "eni-1", Instance: "i-1", Place: Place{VPC: "vpc-1", Subnet: "subnet-1", Zone: "use1-az2", GroupTag: "web"}},
		Since: 100, Last: 120,
	}, h.Spans()[0])
	owner, _ := h.At(120)
	assert.Equal(t, "web", owner.Group())
}

func TestHistoryKeepsTheNewestOwners(t *testing.T) {
	var h History
	for i := range int64(MaxSpans + 1) {
		h.Learn(i, machine(string(rune('a'+i)), ""), false)
	}
	require.Len(t, h.Spans(), MaxSpans)
	_, known := h.At(0)
	assert.False(t, known)
	owner, _ := h.At(1)
	assert.Equal(t, "b", owner.Interface)
	assert.Equal(t, int64(MaxSpans), h.Last())
}

func TestHistoryKnows(t *testing.T) {
	full := &Owner{Interface: "eni-1", Instance: "i-1", Place: Place{VPC: "vpc-1"}}
	for _, c := range []struct {
		name string
		seen []observation
		then observation
		want bool
	}{
		{"an address without records", nil, observation{100, full, false}, false},
		{"an owner again", []observation{{100, full, false}}, observation{99 + Resolution, full, false}, true},
		{"an owner again after the resolution", []observation{{100, full, false}}, observation{100 + Resolution, full, false}, false},
		{"an owner before its first record", []observation{{100, full, false}}, observation{99, full, false}, false},
		{"a record with fewer fields", []observation{{100, full, false}}, observation{100, machine("eni-1", ""), false}, true},
		{"a record with another instance", []observation{{100, machine("eni-1", ""), false}}, observation{100, machine("eni-1", "i-1"), false}, false},
		{"a record with another field", []observation{{100, machine("eni-1", "i-1"), false}}, observation{100, full, false}, false},
		{"another owner", []observation{{100, full, false}}, observation{100, machine("eni-2", "i-1"), false}, false},
		{"another inferred owner after a direct one", []observation{{100, full, false}}, observation{100, machine("eni-2", "i-1"), true}, true},
		{"another inferred owner after an inferred one", []observation{{100, full, true}}, observation{100, machine("eni-2", "i-1"), true}, false},
		{"a direct record of an inferred owner", []observation{{100, full, true}}, observation{100, full, false}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var h History
			for _, o := range c.seen {
				h.Learn(o.t, o.owner, o.weak)
			}
			assert.Equal(t, c.want, h.Knows(flowOf(c.then.t, c.then.owner), c.then.weak))
			before := h.Spans()
			h.Learn(c.then.t, c.then.owner, c.then.weak)
			after := h.Spans()
			if c.want {
				require.Len(t, after, len(before))
				after[0].Last = before[0].Last
				assert.Equal(t, before, after, "what is known changes nothing but the last time")
			} else {
				assert.NotEqual(t, before, after)
			}
			assert.True(t, h.Knows(flowOf(c.then.t, c.then.owner), c.then.weak), "what was learned is known")
		})
	}
}

func TestHistoryIsRestored(t *testing.T) {
	var h, restored History
	h.Learn(100, machine("eni-1", "i-1"), false)
	h.Learn(200, &Owner{Interface: "eni-2", Place: Place{Account: "1", VPC: "vpc-1", Subnet: "subnet-1"}}, false)
	h.Learn(50, machine("eni-0", ""), true)
	restored.Restore(h.Spans())
	assert.Equal(t, h, restored)
}

func TestHistoryOfAKnownOwnerDoesNotAllocate(t *testing.T) {
	var h History
	owner := &Owner{Interface: "eni-1", Instance: "i-1", Place: Place{VPC: "vpc-1"}}
	h.Learn(1, owner, false)
	f := flowOf(1, owner)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		f.Time++
		assert.False(t, h.Learn(f.Time, owner, false))
		assert.True(t, h.Knows(f, false))
	}))
}

func TestHistoryOfTwoNetworksWithTheSameAddressesDoesNotGrow(t *testing.T) {
	var h History
	for i := range int64(100) {
		h.Learn(i, machine("eni-1", ""), false)
		h.Learn(i, machine("eni-2", ""), false)
	}
	assert.Len(t, h.Spans(), MaxSpans)
	owner, _ := h.At(99)
	assert.Equal(t, "eni-2", owner.Interface)
}

func BenchmarkKnows(b *testing.B) {
	var h History
	owner := &Owner{Interface: "eni-0123456789abcdef0", Instance: "i-0123456789abcdef0", Place: Place{VPC: "vpc-0123456789abcdef0"}}
	h.Learn(1, owner, false)
	f := flowOf(2, owner)
	b.ReportAllocs()
	for b.Loop() {
		h.Knows(f, false)
	}
}

func TestOwnerOfHasEachFieldOfAFlow(t *testing.T) {
	var owner Owner
	for i, field := range owner.Fields() {
		*field = string(rune('a' + i))
	}
	assert.Equal(t, owner, OwnerOf(flowOf(1, &owner)))
}

func TestHistoryKnowsEachFieldOfAPlace(t *testing.T) {
	full := Owner{Interface: "eni-1"}
	for i := range full.Fields() {
		if i < 2 {
			continue // the ids
		}
		var h History
		h.Learn(1, &full, false)
		other := full
		*other.Fields()[i] = "other"
		assert.False(t, h.Knows(flowOf(1, &other), false), "field %d", i)
		h.Learn(1, &other, false)
		assert.True(t, h.Knows(flowOf(1, &other), false), "field %d", i)
		assert.True(t, h.Knows(flowOf(1, &full), false), "field %d is unknown", i)
	}
}
