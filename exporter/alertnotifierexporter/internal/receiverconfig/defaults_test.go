// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package receiverconfig

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestGivenSettingsOverrideDefaults(t *testing.T) {
	given := map[string]any{"severity": "info", "routing_key": "k"}
	got := withDefaults("pagerduty_configs", given)
	assert.Equal(t, "info", got["severity"])
	assert.Contains(t, got, "class")
	assert.Len(t, given, 2)
	assert.NotContains(t, withDefaults("pagerduty_configs", map[string]any{}), "routing_key")
	assert.Equal(t, map[string]any{"url": "x"}, withDefaults("webhook_configs", map[string]any{"url": "x"}))
}
