// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFormatCacheIsBounded(t *testing.T) {
	var cache FormatCache
	for i := range 3 * maxFormats {
		names := "srcport " + strings.Repeat("x", i%maxName+1) + strings.Repeat(" y", i/maxName)
		_, err := cache.ParseFormat(names)
		if i/maxName < 2 {
			require.NoError(t, err)
		}
		require.LessOrEqual(t, len(cache.formats), maxFormats)
	}
}
