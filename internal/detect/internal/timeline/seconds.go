// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package timeline

import (
	"math"
	"unsafe"
)

// seconds is a search tree of the seconds that have entries. It knows how many entries the window before each second
// has. The tree is a treap: nodes have random priorities, and none has a higher one than its parent.
type seconds struct {
	nodes  []second // Node 0 means that there is no node.
	root   uint32
	free   uint32 // the first free node, or 0
	window int64  // 0 until windows are counted
}

// second is a node. Free nodes are linked by right.
type second struct {
	t           int64
	left, right uint32
	priority    uint32
	last        uint32 // the number of the last entry
	entries     int32  // of this second
	total       int32  // of the subtree
	// pending entries are to be added to each window of the subtree.
	pending  int32
	inWindow int32 // entries in the window that ends here, without pending ones
	most     int32 // the most entries in a window that ends in the subtree, with pending ones
}

// none is less than the number of entries in any window.
const none = math.MinInt32 / 2

func newSeconds() seconds { return seconds{nodes: []second{{most: none}}} }

func (s *seconds) bytes() int { return cap(s.nodes) * int(unsafe.Sizeof(second{})) }

// add adds an entry, which becomes the last one of its second. It returns the last entry before it, or 0.
func (s *seconds) add(t int64, entry uint32) (previous uint32) {
	at := s.find(t)
	previous = s.nodes[at].last
	if at == 0 || s.nodes[at].t != t {
		at = s.insert(t)
	}
	s.nodes[at].last = entry
	s.count(t, 1)
	return previous
}

// remove removes an entry. previous is the one before it, or 0.
func (s *seconds) remove(t int64, entry, previous uint32) {
	n := &s.nodes[s.find(t)]
	if n.last == entry {
		n.last = previous
	}
	s.count(t, -1)
	if n.entries == 0 {
		s.root = s.delete(s.root, t)
	}
}

// count adds a number of entries to a second.
func (s *seconds) count(t int64, entries int32) {
	if s.window == 0 {
		s.shift(s.root, t, entries, 0)
		return
	}
	s.shift(s.root, t, entries, entries)
	s.shift(s.root, t+s.window, 0, -entries)
}

// shift adds entries to second t, and to the windows that end at t or later.
func (s *seconds) shift(at uint32, t int64, entries, inWindow int32) {
	if at == 0 {
		return
	}
	n := &s.nodes[at]
	if n.t < t {
		s.shift(n.right, t, entries, inWindow)
	} else {
		n.inWindow += inWindow
		s.raise(n.right, inWindow)
		if n.t == t {
			n.entries += entries
		} else {
			s.shift(n.left, t, entries, inWindow)
		}
	}
	s.update(at)
}

// find returns the node of second t or, if there is none, the last one before it. It returns 0 if there is neither.
func (s *seconds) find(t int64) (found uint32) {
	for at := s.root; at != 0; {
		n := &s.nodes[at]
		if n.t > t {
			at = n.left
			continue
		}
		found, at = at, n.right
	}
	return found
}

// upTo returns the number of entries up to second t.
func (s *seconds) upTo(t int64) (entries int) {
	for at := s.root; at != 0; {
		n := &s.nodes[at]
		if n.t > t {
			at = n.left
			continue
		}
		entries += int(n.total - s.nodes[n.right].total)
		at = n.right
	}
	return entries
}

// fullest returns the most entries of a window (end - window, end] that contains t. end is a second with entries.
func (s *seconds) fullest(t, window int64) int {
	if s.window != window {
		s.window = window
		s.countWindows(s.root)
	}
	return max(0, int(s.mostBetween(s.root, t, t+window)))
}

func (s *seconds) countWindows(at uint32) {
	if at == 0 {
		return
	}
	n := &s.nodes[at]
	n.pending, n.inWindow = 0, s.windowAt(n.t)
	s.countWindows(n.left)
	s.countWindows(n.right)
	s.update(at)
}

func (s *seconds) windowAt(t int64) int32 { return int32(s.upTo(t) - s.upTo(t-s.window)) }

// mostBetween returns the most entries of a window of a subtree that ends in [from, to).
func (s *seconds) mostBetween(at uint32, from, to int64) int32 {
	n := &s.nodes[at]
	switch {
	case at == 0, from == math.MinInt64 && to == math.MaxInt64:
		return n.most
	case n.t < from:
		return s.mostBetween(n.right, from, to) + n.pending
	case n.t >= to:
		return s.mostBetween(n.left, from, to) + n.pending
	}
	return max(s.mostBetween(n.left, from, math.MaxInt64), n.inWindow, s.mostBetween(n.right, math.MinInt64, to)) + n.pending
}
