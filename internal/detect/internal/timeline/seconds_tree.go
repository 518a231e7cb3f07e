// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package timeline

import "math/rand/v2"

// insert inserts a node for second t.
func (s *seconds) insert(t int64) (at uint32) {
	if at = s.free; at != 0 {
		s.free = s.nodes[at].right
	} else {
		at = uint32(len(s.nodes))
		s.nodes = appendTight(s.nodes, second{})
	}
	s.nodes[at] = second{t: t, priority: rand.Uint32(), inWindow: s.windowAt(t)}
	s.update(at)
	before, after := s.split(s.root, t)
	s.root = s.join(s.join(before, at), after)
	return at
}

// split splits a subtree into the nodes before t and the others.
func (s *seconds) split(at uint32, t int64) (before, after uint32) {
	if at == 0 {
		return 0, 0
	}
	s.push(at)
	n := &s.nodes[at]
	if n.t < t {
		before = at
		n.right, after = s.split(n.right, t)
	} else {
		after = at
		before, n.left = s.split(n.left, t)
	}
	s.update(at)
	return before, after
}

// join joins two subtrees. All nodes of the first are before those of the second.
func (s *seconds) join(before, after uint32) uint32 {
	switch {
	case before == 0:
		return after
	case after == 0:
		return before
	case s.nodes[before].priority > s.nodes[after].priority:
		s.push(before)
		n := &s.nodes[before]
		n.right = s.join(n.right, after)
		s.update(before)
		return before
	default:
		s.push(after)
		n := &s.nodes[after]
		n.left = s.join(before, n.left)
		s.update(after)
		return after
	}
}

// delete deletes the node of second t from a subtree, and returns the new root of it.
func (s *seconds) delete(at uint32, t int64) (root uint32) {
	s.push(at)
	n := &s.nodes[at]
	switch {
	case n.t == t:
		root = s.join(n.left, n.right)
		*n = second{right: s.free}
		s.free = at
		return root
	case n.t < t:
		n.right = s.delete(n.right, t)
	default:
		n.left = s.delete(n.left, t)
	}
	s.update(at)
	return at
}

// raise adds entries to all windows of a subtree.
func (s *seconds) raise(at uint32, by int32) {
	if at != 0 {
		s.nodes[at].pending += by
		s.nodes[at].most += by
	}
}

// push adds the pending entries of a node, so that its children can change.
func (s *seconds) push(at uint32) {
	if n := &s.nodes[at]; n.pending != 0 {
		n.inWindow += n.pending
		s.raise(n.left, n.pending)
		s.raise(n.right, n.pending)
		n.pending = 0
	}
}

// update computes what depends on the children of a node.
func (s *seconds) update(at uint32) {
	n := &s.nodes[at]
	left, right := &s.nodes[n.left], &s.nodes[n.right]
	n.total = left.total + n.entries + right.total
	n.most = max(left.most, n.inWindow, right.most) + n.pending
}
