// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alert

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// UID names one episode: of the given rule, in the given scope, for the parts of the key in the order of the
// rule's definition, opened at event time t in Unix seconds. The same traffic gives the same uid on any collector.
func UID(rule, scope string, key []string, t int64) string {
	var text []byte
	part := func(s string) { text = append(append(text, s...), 0) } // the zero byte keeps "a","bc" apart from "ab","c"
	part(rule)
	part(scope)
	for _, k := range key {
		part(k)
	}
	part(strconv.FormatInt(t, 10))
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}
