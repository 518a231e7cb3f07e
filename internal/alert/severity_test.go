// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alert

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
)

var severities = []Severity{Low, Medium, High, Critical}

func TestSeverityNumbersAreThoseOfTheLogDataModel(t *testing.T) {
	assert.Equal(t, plog.SeverityNumberInfo2, plog.SeverityNumber(Low))
	assert.Equal(t, plog.SeverityNumberWarn, plog.SeverityNumber(Medium))
	assert.Equal(t, plog.SeverityNumberError, plog.SeverityNumber(High))
	assert.Equal(t, plog.SeverityNumberFatal, plog.SeverityNumber(Critical))
	assert.IsIncreasing(t, severities)
}

func TestSeverityIsReadAsItIsWritten(t *testing.T) {
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

func TestSeverityThatNobodyChoseIsEmptyText(t *testing.T) {
	var none Severity
	assert.Empty(t, none.String())
	assert.Empty(t, none.Text())
	got := High
	require.NoError(t, got.UnmarshalText(nil))
	assert.Zero(t, got)
}

func TestSeverityThatIsUnknownIsNamedInTheError(t *testing.T) {
	_, err := ParseSeverity("severe")
	require.EqualError(t, err, `unknown severity "severe": must be low, medium, high or critical`)
	got := High
	require.EqualError(t, got.UnmarshalText([]byte("severe")), err.Error())
	assert.Equal(t, High, got, "a failed read changes nothing")
	_, err = ParseSeverity("")
	require.Error(t, err)
}

func TestSeverityStandsInOtherFormatsByItsName(t *testing.T) {
	text, err := json.Marshal(map[string]Severity{"severity": Medium})
	require.NoError(t, err)
	assert.JSONEq(t, `{"severity":"medium"}`, string(text))
}

func TestSeverityOfANumberThatAPipelineHasMoved(t *testing.T) {
	for _, tt := range []struct {
		name   string
		number int32
		want   Severity
	}{
		{"no number is no severity", 0, 0},
		{"a negative number is no severity", -1, 0},
		{"the least number is low", 1, Low},
		{"the last before medium is low", 12, Low},
		{"medium starts at WARN", 13, Medium},
		{"the last before high is medium", 16, Medium},
		{"high starts at ERROR", 17, High},
		{"the last before critical is high", 20, High},
		{"critical starts at FATAL", 21, Critical},
		{"what is beyond is critical", 99, Critical},
	} {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, severityOf(tt.number))
		})
	}
}
