// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAFileKnowsItsBeginning(t *testing.T) {
	text := v2(1, 100)
	for name, test := range map[string]struct {
		read int
		head string
		want bool
	}{
		"nothing is read yet":             {0, text, true},
		"a part of the beginning is read": {100, text[:headSize], true},
		"more is read than is at hand":    {200, text[:100], false},
		"the whole beginning is read":     {headSize, text, true},
		"much is read":                    {5000, text, true},
		"another file":                    {5000, v2(2, 100), false},
		"another file, shortly read":      {110, v2(2, 100), false},
		"no file":                         {5000, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			f := readTo(text[:test.read])
			assert.Equal(t, test.want, f.beginsWith([]byte(test.head)))
			require.NoError(t, newPositions(t, memory{}).save(t.Context(), f))
			assert.Equal(t, test.want, f.beginsWith([]byte(test.head)), "after it was stored")
		})
	}
}

func TestTheKeyOfAFileIsFinalOnceItsBeginningIsRead(t *testing.T) {
	f, keys := new(file), map[string]bool{}
	for range 30 {
		f.advance([]byte(strings.Repeat("x", 99) + "\n"))
		keys[f.properKey()] = true
	}
	assert.Len(t, keys, headSize/100)
	assert.EqualValues(t, 30, f.Lines)
	assert.EqualValues(t, 3000, f.Position)
	assert.Len(t, f.Head, headSize)
}

func TestTheFileConsumerStoresTheKey(t *testing.T) {
	f := readTo(v2(1, 100))
	require.NoError(t, newPositions(t, memory{}).save(t.Context(), f))
	for gzip, mark := range map[bool]string{false: "", true: "gzip:"} {
		f.gzip = gzip
		stored, err := json.Marshal(map[string]any{fileKey: f})
		require.NoError(t, err)
		assert.JSONEq(t, `{"vpc_flow.file":"`+mark+f.key+`"}`, string(stored))
	}
}
