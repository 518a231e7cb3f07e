// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

const day = 24 * time.Hour

// TestDefaults checks the defaults that all rules share. docs_test.go compares those of each rule with docs/rules.md.
func TestDefaults(t *testing.T) {
	cfg := detect.DefaultConfig()
	require.NoError(t, cfg.Check())
	assert.Equal(t, detect.ByAccount, cfg.Scope)
	assert.Equal(t, prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
		"fc00::/7", "fe80::/10"), cfg.InternalNetworks)
	assert.Equal(t, []int{
		1433, 1521, 2049, 2375, 2376, 2379, 2380, 3000, 3128, 3306, 3389, 4369, 5000, 5432, 5439, 5601, 5671, 5672, 5900,
		5901, 5985, 5986, 6379, 6380, 6443, 7000, 7001, 7474, 7687, 8000, 8008, 8080, 8081, 8086, 8088, 8089, 8123, 8140,
		8200, 8300, 8301, 8400, 8443, 8500, 8501, 8600, 8765, 8834, 8883, 8888, 9000, 9042, 9090, 9091, 9092, 9093, 9094,
		9100, 9160, 9200, 9300, 9418, 9443, 9999, 10000, 10050, 10051, 10250, 10255, 11211, 15672, 26257, 27017, 27018,
		27019, 50070,
	}, cfg.ServicePorts)
	assert.False(t, cfg.EvaluateHops)
	assert.Equal(t, 10*time.Minute, cfg.MaxFuture)
	assert.Equal(t, 30*time.Minute, cfg.AllowedLateness)
	assert.Equal(t, day, cfg.RepeatInterval)
	assert.True(t, cfg.EmitResolved)
	assert.Empty(t, cfg.Ignore)

	require.Len(t, cfg.Rules, len(detect.Rules)+1, "flow_logs_stopped is not in the list")
	for _, rule := range detect.Rules {
		set := cfg.Rules[rule.ID]
		assert.Equal(t, !rule.Off, set.Enabled, rule.ID)
		assert.Zero(t, set.Severity, rule.ID)
		assert.Empty(t, set.Ignore, rule.ID)
		if rule.ID == "new_internal_peer" {
			assert.Equal(t, 5_000_000, set.MaxKeys)
		} else {
			assert.Equal(t, 200_000, set.MaxKeys, rule.ID)
		}
	}
}
