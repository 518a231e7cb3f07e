// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"strings"
	"unsafe"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/names"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// origin is what the records of one interface have in common.
type origin struct{ account, region, vpc, subnet, iface, instance string }

// fields returns the fields in the order in which they are stored.
func (o *origin) fields() [6]*string {
	return [...]*string{&o.account, &o.region, &o.vpc, &o.subnet, &o.iface, &o.instance}
}

// origins numbers origins from 1, so that an attempt needs no strings. An origin without attempts is dropped.
type origins struct {
	numbers map[origin]uint32
	list    []heldOrigin // by number - 1
	free    []uint32
	text    int64 // bytes of all names
}

type heldOrigin struct {
	origin
	attempts int
}

// add returns the number of a flow's origin. The caller must release it.
func (o *origins) add(f *flow.Flow) uint32 {
	of := origin{f.Account, f.Region, f.VPC, f.Subnet, f.Interface, f.Instance}
	for _, field := range of.fields() {
		*field = names.Cut(*field)
	}
	return o.intern(of)
}

func (o *origins) intern(of origin) uint32 {
	n, known := o.numbers[of]
	if known {
		o.hold(n)
		return n
	}
	for _, field := range of.fields() {
		*field = strings.Clone(*field)
		o.text += int64(len(*field))
	}
	if last := len(o.free) - 1; last >= 0 {
		n = o.free[last]
		o.free = o.free[:last]
	} else {
		o.list = append(o.list, heldOrigin{})
		n = uint32(len(o.list))
	}
	if o.numbers == nil {
		o.numbers = map[origin]uint32{}
	}
	o.numbers[of], o.list[n-1] = n, heldOrigin{of, 1}
	return n
}

// at returns an origin.
func (o *origins) at(n uint32) *origin { return &o.list[n-1].origin }

// hold notes that one more attempt has the origin.
func (o *origins) hold(n uint32) { o.list[n-1].attempts++ }

// release notes that an attempt no longer has the origin. n may be 0.
func (o *origins) release(n uint32) {
	if n == 0 {
		return
	}
	held := &o.list[n-1]
	if held.attempts--; held.attempts > 0 {
		return
	}
	for _, field := range held.fields() {
		o.text -= int64(len(*field))
	}
	delete(o.numbers, held.origin)
	*held = heldOrigin{}
	o.free = append(o.free, n)
}

// bytes returns the memory of the origins.
func (o *origins) bytes() int64 {
	return o.text + int64(cap(o.list))*int64(unsafe.Sizeof(heldOrigin{})) + int64(len(o.numbers))*int64(2*unsafe.Sizeof(origin{}))
}
