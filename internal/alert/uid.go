// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alert

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// UID returns the ID of an episode. It is a hash of the rule ID, the scope, the parts of the key in the order of the
// rule's definition, and t. t is the event time at which the episode opened, in Unix seconds. Every Collector computes
// the same ID for the same traffic.
func UID(rule, scope string, key []string, t int64) string {
	var text []byte
	part := func(s string) { text = append(append(text, s...), 0) } // the zero byte distinguishes "a","bc" from "ab","c"
	part(rule)
	part(scope)
	for _, k := range key {
		part(k)
	}
	part(strconv.FormatInt(t, 10))
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}
