// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package receiverconfig

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A secret may contain another one. Whichever is added first, the longer one must be removed first, or its rest remains.
func TestNestedSecretsAreRemovedWhole(t *testing.T) {
	for _, users := range [][2]string{{"abcd", "abcdefgh"}, {"abcdefgh", "abcd"}} {
		cfg, err := Parse(map[string]any{"pushover_configs": []any{
			map[string]any{"user_key": users[0], "token": "token-1"},
			map[string]any{"user_key": users[1], "token": "token-2"},
		}})
		require.NoError(t, err)
		err = NewRedactor(cfg).Error(errors.New("key abcdefgh, key abcd"))
		assert.EqualError(t, err, "key [REDACTED], key [REDACTED]")
	}
}

func TestNestedPossibleSecretsAreRemovedWhole(t *testing.T) {
	for _, keys := range [][2]string{{"abcd", "abcdefgh"}, {"abcdefgh", "abcd"}} {
		given := map[string]any{"api_key": keys[0], "settings": []any{map[string]any{"token": keys[1]}}}
		err := plainError(errors.New("key abcdefgh, key abcd"), given)
		assert.EqualError(t, err, "key [REDACTED], key [REDACTED]")
	}
}
