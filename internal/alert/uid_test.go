// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alert

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestUIDIsAHashOfItsParts(t *testing.T) {
	sum := sha256.Sum256([]byte("internal_port_scan\x00123456789012\x0010.0.0.5\x0010.0.2.10\x001736899224\x00"))
	want := hex.EncodeToString(sum[:])[:32]
	assert.Equal(t, want, UID("internal_port_scan", "123456789012", []string{"10.0.0.5", "10.0.2.10"}, 1736899224))
	// The constant must never change: users have stored UIDs.
	assert.Equal(t, "f8a215822424988656f9457de3981af8", want)
}

func TestUIDDependsOnEachPart(t *testing.T) {
	seen := map[string]string{}
	for name, uid := range map[string]string{
		"the original":              UID("rule", "scope", []string{"a", "b"}, 10),
		"another rule":              UID("rulf", "scope", []string{"a", "b"}, 10),
		"another scope":             UID("rule", "scopf", []string{"a", "b"}, 10),
		"another order of the key":  UID("rule", "scope", []string{"b", "a"}, 10),
		"another time":              UID("rule", "scope", []string{"a", "b"}, 11),
		"the key joined":            UID("rule", "scope", []string{"ab"}, 10),
		"the key split elsewhere":   UID("rule", "scope", []string{"", "ab"}, 10),
		"a shorter key":             UID("rule", "scope", []string{"a"}, 10),
		"the scope split":           UID("rule", "scop", []string{"ea", "b"}, 10),
		"no scope":                  UID("rule", "", []string{"a", "b"}, 10),
		"a time before 1970":        UID("rule", "scope", []string{"a", "b"}, -10),
		"no key":                    UID("rule", "scope", nil, 10),
		"a key with one empty part": UID("rule", "scope", []string{""}, 10),
	} {
		assert.Len(t, uid, 32, name)
		assert.NotContains(t, seen, uid, "%s is the same as %s", name, seen[uid])
		seen[uid] = name
	}
}
