// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTuningGuideShowsTheReport checks that docs/tuning.md quotes the report that its command writes.
func TestTuningGuideShowsTheReport(t *testing.T) {
	guide, err := os.ReadFile("../docs/tuning.md")
	require.NoError(t, err)
	shown := regexp.MustCompile("(?s)```markdown\n(.*?)```").FindAllStringSubmatch(string(guide), -1)
	require.NotEmpty(t, shown)
	config, err := os.ReadFile("../config/tuning.yaml")
	require.NoError(t, err)
	report := filepath.Join(t.TempDir(), "tuning.md")
	t.Setenv("REPORT", report)
	t.Setenv("LOGS", "../testdata/demo/**/*.log.gz")
	collector := launch(t, string(config), "--config", "yaml:service::telemetry::metrics::level: none",
		"--config", "yaml:processors::vpc_detection::tuning_report::interval: 1s")
	reportText := func() string {
		text, err := os.ReadFile(report)
		if err != nil {
			return ""
		}
		return string(text)
	}
	require.Eventually(t, func() bool { return strings.Contains(reportText(), "covers 168,715 flows") }, time.Minute, 100*time.Millisecond)
	collector.interrupt(t)
	for _, part := range shown {
		assert.Contains(t, reportText(), part[1])
	}
}
