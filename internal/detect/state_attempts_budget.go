// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

// memory implements bounded.
func (a *attempts) memory() int64 { return a.table.Bytes() + a.order.bytes() + a.origins.bytes() }

// shrink implements bounded. It evicts the attempts with the least times.
func (a *attempts) shrink() bool {
	if len(a.order.scopes) == 0 {
		return false
	}
	for range 1 + a.table.Len()/evictedShare {
		a.evict()
	}
	a.limit = max(1, a.table.Len())
	if a.table.IsSparse() {
		a.compact()
		a.progress.each(func(p *progress) { a.order.clear(&p.waiting) })
		a.relink()
	}
	return true
}

// grow implements bounded.
func (a *attempts) grow() { a.limit = a.max }

// shrink implements bounded. It evicts the answers with the least times.
func (a *answers) shrink() bool {
	if len(a.order.scopes) == 0 {
		return false
	}
	for range 1 + a.count/evictedShare {
		a.evict()
	}
	a.limit = max(1, a.count)
	if a.table.IsSparse() {
		a.compact()
		a.progress.each(func(p *progress) { a.order.clear(&p.answers) })
		a.relink()
	}
	return true
}

// grow implements bounded.
func (a *answers) grow() { a.limit = a.max }

// each calls a function for each scope.
func (p *progressByScope) each(do func(*progress)) {
	for _, each := range p.byID {
		do(each)
	}
}
