// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package firehosesource

import (
	"crypto/sha256"
	"crypto/subtle"

	"go.opentelemetry.io/collector/config/configopaque"
)

// accessKeys contains the hashes of the accepted keys, so that the time of a comparison does not depend on the keys. If it
// is empty, all requests are accepted.
type accessKeys [][sha256.Size]byte

// newAccessKeys returns the accepted keys; empty ones are ignored.
func newAccessKeys(keys ...configopaque.String) (hashes accessKeys) {
	for _, key := range keys {
		if key != "" {
			hashes = append(hashes, sha256.Sum256([]byte(key)))
		}
	}
	return hashes
}

func (k accessKeys) match(key string) bool {
	hash := sha256.Sum256([]byte(key))
	found := 0
	for i := range k {
		found |= subtle.ConstantTimeCompare(k[i][:], hash[:])
	}
	return found == 1 || len(k) == 0
}
