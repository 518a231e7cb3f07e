// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
)

// FuzzLoad loads arbitrary bytes as the state of each rule.
func FuzzLoad(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3})
	f.Add([]byte{1, 1, 10, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0})
	cfg := DefaultConfig()
	cfg.EmitResolved = true
	f.Fuzz(func(t *testing.T, data []byte) {
		engine, err := New(cfg, nil, nil)
		require.NoError(t, err)
		engine.scopes.get("123456789012")
		for _, r := range engine.running {
			name := r.ID
			values := map[string][]byte{}
			var header encode.Encoder
			for _, n := range []uint64{1, 0, 0, 0, 1, 0, 0, 1} {
				header.Uint(n)
			}
			values[name] = encode.Seal(header)
			values[name+"/log/0"] = encode.Seal(data)
			_ = r.parts[0].saver().load(func(key string) ([]byte, error) { return values[key], nil })
		}
	})
}
