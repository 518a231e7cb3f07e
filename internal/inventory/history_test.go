// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func machine(eni, instance string) *Owner { return &Owner{Interface: eni, Instance: instance} }

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
			if owner := h.At(c.at); owner != nil {
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
	assert.Equal(t, "web", h.At(120).Group())
}

func TestHistoryKeepsTheNewestOwners(t *testing.T) {
	var h History
	for i := range int64(maxSpans + 1) {
		h.Learn(i, machine(string(rune('a'+i)), ""), false)
	}
	require.Len(t, h.Spans(), maxSpans)
	assert.Nil(t, h.At(0))
	assert.Equal(t, "b", h.At(1).Interface)
	assert.Equal(t, int64(maxSpans), h.Last())
}

func TestHistoryOfAKnownOwnerDoesNotAllocate(t *testing.T) {
	var h History
	owner := &Owner{Interface: "eni-1", Instance: "i-1", Place: Place{VPC: "vpc-1"}}
	h.Learn(1, owner, false)
	now := int64(1)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		now++
		assert.False(t, h.Learn(now, owner, false))
	}))
}

func BenchmarkLearn(b *testing.B) {
	var h History
	owner := &Owner{Interface: "eni-0123456789abcdef0", Instance: "i-0123456789abcdef0", Place: Place{VPC: "vpc-0123456789abcdef0"}}
	b.ReportAllocs()
	now := int64(0)
	for b.Loop() {
		now++
		h.Learn(now, owner, false)
	}
}
