// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package names makes names from flow logs safe to keep and to show. The sender of a log record controls the names in
// it.
package names

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxLength is the number of bytes of a name that are kept. Names from AWS are much shorter.
const MaxLength = 256

// Clean returns a copy of a name, cut to MaxLength. Characters that are not printable become question marks, so that a
// name cannot forge a log line or control a terminal.
func Clean(name string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, strings.Clone(Cut(name)))
}

// Cut returns the first MaxLength bytes of a name.
func Cut(name string) string { return name[:min(len(name), MaxLength)] }

// Interner keeps one clean copy of each name, so that a stored name does not keep the batch that contains it in memory.
// The zero Interner is ready to use. The unique package is no alternative, because it would need the cleaned name for
// each look-up.
type Interner struct{ clean map[string]string }

// maxNames bounds the names in an Interner. It starts over when it is full.
const maxNames = 10_000

// Clean is like the function Clean, but returns the same copy for equal names.
func (n *Interner) Clean(name string) string {
	name = Cut(name)
	if kept, ok := n.clean[name]; ok {
		return kept
	}
	if n.clean == nil || len(n.clean) >= maxNames {
		n.clean = map[string]string{}
	}
	kept := Clean(name)
	n.clean[strings.Clone(name)] = kept
	return kept
}
