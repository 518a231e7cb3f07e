// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package names

import (
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
)

func TestCleanRemovesWhatCouldForgeALine(t *testing.T) {
	for name, want := range map[string]string{
		"eni-1":                          "eni-1",
		"12\x1b[31m\nx":                  "12?[31m?x",
		"eni\u009b2J\u202e\xff":          "eni?2J??",
		strings.Repeat("v", MaxLength+1): strings.Repeat("v", MaxLength),
	} {
		assert.Equal(t, want, Clean(name))
		assert.Equal(t, want, new(Interner).Clean(name))
	}
}

func TestInternerReturnsTheSameCopyAndIsBounded(t *testing.T) {
	var n Interner
	first := n.Clean(strings.Clone("eni-1"))
	assert.Same(t, unsafe.StringData(first), unsafe.StringData(n.Clean(strings.Clone("eni-1"))))
	for i := range 3 * maxNames {
		n.Clean(strconv.Itoa(i))
		assert.LessOrEqual(t, len(n.clean), maxNames)
	}
}
