// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/scenario"
)

// docs is the text of docs/rules.md.
type docs string

func readDocs(t *testing.T) docs {
	t.Helper()
	text, err := os.ReadFile("../../docs/rules.md")
	require.NoError(t, err)
	return docs(text)
}

// section returns the text between a heading of level three and the next heading.
func (d docs) section(t *testing.T, heading string) string {
	t.Helper()
	_, text, found := strings.Cut(string(d), "\n### "+heading+"\n")
	require.True(t, found, "docs/rules.md has no section %s", heading)
	if end := regexp.MustCompile(`(?m)^##`).FindStringIndex(text); end != nil {
		text = text[:end[0]]
	}
	return text
}

// row returns the cells of the table row that starts with the given cell.
func row(t *testing.T, text, first string) []string {
	t.Helper()
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if strings.HasPrefix(line, "|") && cells[0] == first {
			return cells
		}
	}
	require.Fail(t, "no table row starts with "+first)
	return nil
}

func TestDocsHaveARowForEachRule(t *testing.T) {
	text := readDocs(t)
	defaults := detect.DefaultConfig().Rules
	for _, rule := range detect.Rules {
		t.Run(rule.ID, func(t *testing.T) {
			set := defaults[rule.ID]
			cells := row(t, string(text), "[`"+rule.ID+"`](#"+rule.ID+")")
			require.Len(t, cells, 6)
			assert.NotEmpty(t, cells[1])
			assert.Equal(t, firesAt(rule, set), cells[2])
			assert.Equal(t, orDash(spoken(set.QuietPeriod)), cells[3])
			severity, _, _ := strings.Cut(cells[4], " ")
			assert.Equal(t, rule.Severity.String(), severity)
			assert.Equal(t, rule.Tactic.ID+" "+rule.Technique.ID, cells[5])
		})
	}
}

// firesAt formats a rule's defaults as in the tables.
func firesAt(rule *detect.Rule, set detect.Settings) string {
	switch {
	case set.Retention != 0:
		return fmt.Sprintf("new in %s, learning %s", spoken(set.Retention), spoken(set.LearningPeriod))
	case set.Window != 0:
		return fmt.Sprintf("%s %s in %s", thousands(set.Threshold+set.Failures+int64(set.Stages)), rule.Unit, spoken(set.Window))
	default:
		return "each flow"
	}
}

func spoken(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d == 0:
		return ""
	case d > day && d%day == 0:
		return fmt.Sprintf("%d d", d/day)
	case d%time.Hour == 0:
		return fmt.Sprintf("%d h", d/time.Hour)
	default:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
}

func thousands(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func TestReadmeHasARowForEachRule(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	defaults := detect.DefaultConfig().Rules
	for i, rule := range detect.Rules {
		link := "[`" + rule.ID + "`](docs/rules.md#" + rule.ID + ")"
		first := strconv.Itoa(i + 1)
		if rule.Ruleset == detect.Beyond {
			first = link
		}
		cells := row(t, string(text), first)
		if rule.Ruleset == detect.Beyond { // the second table has no numbers
			cells = append([]string{""}, cells...)
		}
		require.Len(t, cells, 6, rule.ID)
		assert.Equal(t, link, cells[1])
		assert.NotEmpty(t, cells[2], rule.ID)
		assert.Equal(t, firesAt(rule, defaults[rule.ID]), cells[3], rule.ID)
		severity, _, _ := strings.Cut(cells[4], ",")
		assert.Equal(t, rule.Severity.String(), severity, rule.ID)
		assert.Equal(t, rule.Tactic.ID+" "+rule.Technique.ID, cells[5], rule.ID)
	}
}

func TestDocsHaveASectionForEachRule(t *testing.T) {
	text := readDocs(t)
	defaults := detect.DefaultConfig().Rules
	for _, rule := range detect.Rules {
		t.Run(rule.ID, func(t *testing.T) {
			section := text.section(t, rule.ID)
			assert.True(t, strings.HasPrefix(section, "\n"+rule.Title+".\n"), "the section starts with the title")
			at := 0
			for _, part := range []string{
				"**Fires when**", "**Why it matters.**", "**What to do.**", "**Tune.**", "**Blind spots**", "**MITRE.**", "**Example.**",
			} {
				place := strings.Index(section, part)
				assert.Greater(t, place, at, "%s, and after the part before it", part)
				at = place
			}
			for _, name := range []string{rule.Tactic.ID, rule.Tactic.Name, rule.Technique.ID, rule.Technique.Name} {
				assert.Contains(t, section, name)
			}
			for _, id := range rule.Related {
				assert.Contains(t, section, id+" ")
			}
			for _, key := range rule.Keys {
				assert.Equal(t, "`"+written(defaults[rule.ID], key)+"`", row(t, section, "`"+key+"`")[1], key)
			}
		})
	}
	for _, key := range []string{"enabled", "severity", "max_keys", "ignore", "dry_run"} {
		row(t, string(text), "`"+key+"`")
	}
}

// written formats a setting as in YAML.
func written(set detect.Settings, key string) string {
	switch key {
	case "threshold":
		return strconv.FormatInt(set.Threshold, 10)
	case "failures":
		return strconv.FormatInt(set.Failures, 10)
	case "stages":
		return strconv.Itoa(set.Stages)
	case "window":
		return duration(set.Window)
	case "quiet_period":
		return duration(set.QuietPeriod)
	case "retention":
		return duration(set.Retention)
	case "learning_period":
		return duration(set.LearningPeriod)
	case "ports":
		return strings.ReplaceAll(fmt.Sprint(set.Ports), " ", ", ")
	case "group_by":
		return string(set.GroupBy)
	case "include_internal":
		return strconv.FormatBool(set.IncludeInternal)
	case "answered_below":
		return strconv.FormatFloat(set.AnsweredBelow, 'g', -1, 64)
	case "include_replies":
		return strconv.FormatBool(set.IncludeReplies)
	default:
		return "no default known of " + key
	}
}

// duration formats a duration as Go does, without zero units at the end.
func duration(d time.Duration) string {
	return strings.NewReplacer("m0s", "m", "h0m0s", "h").Replace(d.String())
}

// People copy the snippets, so they must have only settings of the rule.
func TestDocsShowSettingsThatTheRuleHas(t *testing.T) {
	text := readDocs(t)
	for _, rule := range detect.Rules {
		t.Run(rule.ID, func(t *testing.T) {
			retrieved, err := confmap.NewRetrievedFromYAML([]byte(fenced(t, text.section(t, rule.ID), "yaml")))
			require.NoError(t, err)
			conf, err := retrieved.AsConf()
			require.NoError(t, err)
			rules, ok := conf.Get("rules").(map[string]any)
			require.True(t, ok)
			require.Len(t, rules, 1)
			settings, ok := rules[rule.ID].(map[string]any)
			require.True(t, ok)
			for key := range settings {
				assert.Contains(t, rule.Settings(), key)
			}
		})
	}
}

// fenced returns the first block of a language.
func fenced(t *testing.T, text, language string) string {
	t.Helper()
	_, text, found := strings.Cut(text, "\n```"+language+"\n")
	require.True(t, found, "there is no block of %s", language)
	block, _, found := strings.Cut(text, "```")
	require.True(t, found)
	return block
}

// The example of each section must equal the text that the engine gives.
func TestDocsShowTheAlertsOfTheEngine(t *testing.T) {
	text := readDocs(t)
	scenarioOf := regexp.MustCompile("\\*\\*Example\\.\\*\\* Scenario `([\\w/]+)`")
	for _, rule := range detect.Rules {
		t.Run(rule.ID, func(t *testing.T) {
			section := text.section(t, rule.ID)
			name := scenarioOf.FindStringSubmatch(section)
			require.NotNil(t, name, "the example names its scenario")
			assert.Equal(t, example(t, rule.ID, "../../testdata/scenarios/"+name[1]), fenced(t, section, "text"))
		})
	}
}

// example returns the text of the first alert of a rule in a scenario.
func example(t *testing.T, rule, folder string) string {
	t.Helper()
	s, err := scenario.Load(folder)
	require.NoError(t, err)
	var countries network.Countries
	if s.Countries != "" {
		countries, err = scenario.ReadCountries(s.Countries)
		require.NoError(t, err)
	}
	for _, alerts := range runEngine(t, configOf(t, s), threatsOf(t, s), countries, flowsOf(t, s.Flows)) {
		for _, a := range alerts {
			if a.Rule == rule {
				return exampleText(a)
			}
		}
	}
	require.Fail(t, "the scenario gives no alert", rule)
	return ""
}

// exampleText formats the log record of an alert without the attributes that all alerts of the rule share.
func exampleText(a *alert.Alert) string {
	record := plog.NewLogRecord()
	alertotlp.ToRecord(a, record)
	var text strings.Builder
	fmt.Fprintf(&text, "%s  %s\n%s\n\n", record.Timestamp().AsTime().Format(time.RFC3339), record.SeverityText(), record.Body().Str())
	for name, value := range record.Attributes().All() {
		switch {
		case slices.Contains(constant, name):
			continue
		case name == alert.AttrSamples:
			for _, line := range value.Slice().AsRaw()[:min(2, value.Slice().Len())] {
				fmt.Fprintf(&text, "%-33s %s\n", name, line)
			}
		default:
			fmt.Fprintf(&text, "%-33s %s\n", name, value.AsString())
		}
	}
	return text.String()
}

// constant lists the attributes that are the same in all alerts of a rule.
var constant = []string{
	alert.AttrTitle, alert.AttrCategory, alert.AttrRuleset, alert.AttrRulesetVersion, alert.AttrFramework, alert.AttrTacticID,
	alert.AttrTacticName, alert.AttrTechniqueID, alert.AttrTechniqueName, alert.AttrRelatedTechniques, alert.AttrImpact, alert.AttrMitigation,
}
