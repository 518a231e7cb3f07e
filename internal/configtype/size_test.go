// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configtype

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSizesAreParsed(t *testing.T) {
	for text, want := range map[string]Size{
		"10GiB": 10 << 30, "500 MiB": 500 << 20, "2TiB": 2 << 40, "0MiB": 0, "8388607TiB": 8388607 << 40,
	} {
		var got Size
		require.NoError(t, got.UnmarshalText([]byte(text)), text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "10", "10GB", "GiB", "-1GiB", "1.5GiB", "8388608TiB", "10KiB"} {
		var got Size
		require.ErrorContains(t, got.UnmarshalText([]byte(text)), "is not a size such as 10GiB", text)
	}
}

func TestSizesAsText(t *testing.T) {
	for size, want := range map[Size]string{10 << 30: "10GiB", 1536 << 20: "1536MiB", 1 << 40: "1TiB", 7: "7B", 0: "0B"} {
		assert.Equal(t, want, size.String())
	}
}
