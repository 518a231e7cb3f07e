// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"crypto/sha256"
	"crypto/subtle"

	"go.opentelemetry.io/collector/config/configopaque"
)

// accessKeys are hashes of the keys that are accepted: so a comparison takes the same time whatever is sent, and whatever
// length it has. Where there are none, all is accepted.
type accessKeys [][sha256.Size]byte

func newAccessKeys(keys ...configopaque.String) (hashes accessKeys) {
	for _, key := range keys {
		if key != "" {
			hashes = append(hashes, sha256.Sum256([]byte(key)))
		}
	}
	return hashes
}

func (k accessKeys) match(sent string) bool {
	hash := sha256.Sum256([]byte(sent))
	found := 0
	for i := range k {
		found |= subtle.ConstantTimeCompare(k[i][:], hash[:])
	}
	return found == 1 || len(k) == 0
}
