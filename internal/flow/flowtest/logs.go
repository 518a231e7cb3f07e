// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowtest

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// AssertValidText checks that all strings are UTF-8 and not empty, and that no map has an attribute twice.
func AssertValidText(t *testing.T, logs plog.Logs) {
	t.Helper()
	check := func(attributes pcommon.Map) {
		seen := map[string]bool{}
		for key, value := range attributes.All() {
			assert.False(t, seen[key], "duplicate attribute %s", key)
			seen[key] = true
			assert.True(t, utf8.ValidString(key))
			if value.Type() == pcommon.ValueTypeStr {
				assert.True(t, utf8.ValidString(value.Str()), "%s is not UTF-8", key)
				assert.NotEmpty(t, value.Str(), key)
			}
		}
	}
	for _, resourceLogs := range logs.ResourceLogs().All() {
		check(resourceLogs.Resource().Attributes())
		for _, scopeLogs := range resourceLogs.ScopeLogs().All() {
			check(scopeLogs.Scope().Attributes())
			for _, record := range scopeLogs.LogRecords().All() {
				check(record.Attributes())
			}
		}
	}
}
