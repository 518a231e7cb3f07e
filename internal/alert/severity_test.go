// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alert

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var severities = []Severity{Low, Medium, High, Critical}

func TestSeverityNamesRoundTrip(t *testing.T) {
	for _, want := range severities {
		for _, name := range []string{want.String(), want.Text()} {
			got, err := ParseSeverity(name)
			require.NoError(t, err)
			assert.Equal(t, want, got)
		}
		text, err := want.MarshalText()
		require.NoError(t, err)
		var got Severity
		require.NoError(t, got.UnmarshalText(text))
		assert.Equal(t, want, got)
	}
	assert.Equal(t, "LOW", Low.Text())
	assert.Equal(t, "critical", Critical.String())
}

func TestZeroSeverityIsEmptyText(t *testing.T) {
	var none Severity
	assert.Empty(t, none.String())
	assert.Empty(t, none.Text())
	got := High
	require.NoError(t, got.UnmarshalText(nil))
	assert.Zero(t, got)
}

func TestUnknownSeverityIsNamedInTheError(t *testing.T) {
	_, err := ParseSeverity("severe")
	require.EqualError(t, err, `unknown severity "severe": must be low, medium, high or critical`)
	got := High
	require.EqualError(t, got.UnmarshalText([]byte("severe")), err.Error())
	assert.Equal(t, High, got, "an error changes nothing")
	_, err = ParseSeverity("")
	require.Error(t, err)
}

func TestSeverityIsANameInJSON(t *testing.T) {
	text, err := json.Marshal(map[string]Severity{"severity": Medium})
	require.NoError(t, err)
	assert.JSONEq(t, `{"severity":"medium"}`, string(text))
}
