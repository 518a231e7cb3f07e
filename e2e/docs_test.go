// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

func TestReadmeListsEveryRule(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	for _, rule := range detect.Rules {
		row := regexp.MustCompile("(?m)^.*`" + rule.ID + "`\\].*$").FindString(string(text))
		require.Contains(t, row, rule.Severity.String(), rule.ID)
		require.Contains(t, row, rule.Tactic.ID+" "+rule.Technique.ID, rule.ID)
	}
}

func TestReadmeHasUnder150Lines(t *testing.T) {
	assert.Less(t, strings.Count(read(t, "README.md"), "\n"), 150)
}

func TestConfigurationsOfDocsAreValid(t *testing.T) {
	_, rest, found := strings.Cut(read(t, "README.md"), "```yaml\nreceivers:")
	require.True(t, found)
	config, _, _ := strings.Cut("receivers:"+rest, "```")
	path := filepath.Join(t.TempDir(), "readme.yaml")
	require.NoError(t, os.WriteFile(path, []byte(config), 0o600))
	output, err := validate(t, path, "SLACK_WEBHOOK_URL=https://hooks.slack.com/services/T0/B0/x",
		"SQS_QUEUE_URL=https://sqs.eu-west-1.amazonaws.com/123456789012/flow-logs")
	require.NoError(t, err, output)

	_, rest, found = strings.Cut(read(t, "docs/configuration.md"), "```yaml\nextensions:")
	require.True(t, found)
	config, _, _ = strings.Cut("extensions:"+rest, "```")
	config = strings.ReplaceAll(config, "/var/lib/otelcol-vpcflow", t.TempDir())
	threats := filepath.Join(t.TempDir(), "threats.txt")
	require.NoError(t, os.WriteFile(threats, nil, 0o600))
	require.Contains(t, config, "/etc/vpcflow/threats.txt")
	config = strings.ReplaceAll(config, "/etc/vpcflow/threats.txt", threats)
	path = filepath.Join(t.TempDir(), "config.yaml")
	require.NoError(t, os.WriteFile(path, []byte(config), 0o600))
	output, err = validate(t, path, "SLACK_WEBHOOK_URL=https://hooks.slack.com/services/T0/B0/x")
	require.NoError(t, err, output)
}

func TestRunbookHasASectionForEachAlert(t *testing.T) {
	var alerts, sections []string
	for _, match := range regexp.MustCompile(`(?m)^ +- alert: (\w+)$`).FindAllStringSubmatch(read(t, "dashboards/alerts.yaml"), -1) {
		alerts = append(alerts, match[1])
	}
	for _, match := range regexp.MustCompile(`(?m)^## (\w+)$`).FindAllStringSubmatch(read(t, "docs/runbook.md"), -1) {
		sections = append(sections, match[1])
	}
	require.NotEmpty(t, alerts)
	assert.Equal(t, alerts, sections)
}

func TestLinksAreNotBroken(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	for _, pattern := range []string{"../*.md", "../docs/*.md", "../*/README.md", "../*/*/README.md"} {
		pages, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, page := range pages {
			text, err := os.ReadFile(page)
			require.NoError(t, err)
			for _, match := range link.FindAllStringSubmatch(string(text), -1) {
				_, err := os.Stat(filepath.Join(filepath.Dir(page), match[1]))
				require.NoError(t, err, "%s links to %s", page, match[1])
			}
		}
	}
}
