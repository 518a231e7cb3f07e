// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// CONTRIBUTING.md lists what a rule needs. The tests here and in docs_test.go fail for a rule that lacks a part of it.

func TestEachRuleHasAFileOfItsOwn(t *testing.T) {
	for _, rule := range detect.Rules {
		assert.FileExists(t, "rule_"+rule.ID+".go")
	}
}

func TestEachRuleHasARowInTheModel(t *testing.T) {
	var modeled []string
	for _, rule := range modelRules() {
		modeled = append(modeled, rule.id)
	}
	for _, rule := range detect.Rules {
		assert.Contains(t, modeled, rule.ID, "model_rules_test.go")
	}
}

func TestEachRuleHasScenarios(t *testing.T) {
	for _, rule := range detect.Rules {
		cases, err := filepath.Glob("../../testdata/scenarios/" + rule.ID + "/*/flows.log")
		require.NoError(t, err)
		assert.NotEmpty(t, cases, rule.ID)
	}
}

// topics are the folders of scenarios that are not about one rule.
var topics = []string{
	"decode", "episode", "hop", "ignore", "late", "must_not_fire", "order", "role", "scope", "skip", "time",
}

func TestEachFolderOfScenariosIsARuleOrATopic(t *testing.T) {
	entries, err := os.ReadDir("../../testdata/scenarios")
	require.NoError(t, err)
	for _, entry := range entries {
		if entry.IsDir() && detect.Find(entry.Name()) == nil {
			assert.Contains(t, topics, entry.Name())
		}
	}
}

func TestEachRuleHasAllTexts(t *testing.T) {
	seen := map[string]bool{}
	for _, rule := range detect.Rules {
		for what, text := range map[string]string{
			"id": rule.ID, "title": rule.Title, "category": rule.Category, "impact": rule.Impact,
			"mitigation": rule.Mitigation, "unit": string(rule.Unit), "severity": rule.Severity.String(),
			"tactic": rule.Tactic.ID, "tactic's name": rule.Tactic.Name,
			"technique": rule.Technique.ID, "technique's name": rule.Technique.Name,
		} {
			assert.NotEmpty(t, text, "%s: %s", rule.ID, what)
		}
		if rule.ID != "attack_sequence" { // its alerts have the techniques of its stages
			assert.NotEmpty(t, rule.Related, "%s: related techniques", rule.ID)
		}
		assert.Contains(t, []detect.Ruleset{detect.Seed, detect.Beyond}, rule.Ruleset, rule.ID)
		assert.False(t, seen[rule.ID] || seen[rule.Title], "%s: another rule has the same id or title", rule.ID)
		seen[rule.ID], seen[rule.Title] = true, true
	}
}

func TestEachRuleHasDefaultsForItsKeysAndNoOthers(t *testing.T) {
	may := map[string]bool{"learning_period": true, "include_internal": true, "include_replies": true} // zero is a value
	for _, rule := range detect.Rules {
		for key, isSet := range map[string]bool{
			"threshold":       rule.Defaults.Threshold != 0,
			"failures":        rule.Defaults.Failures != 0,
			"stages":          rule.Defaults.Stages != 0,
			"window":          rule.Defaults.Window != 0,
			"quiet_period":    rule.Defaults.QuietPeriod != 0,
			"retention":       rule.Defaults.Retention != 0,
			"learning_period": rule.Defaults.LearningPeriod != 0,
			"ports":           rule.Defaults.Ports != nil,
			"group_by":        rule.Defaults.GroupBy != "",
			"answered_below":  rule.Defaults.AnsweredBelow != 0,
		} {
			has := slices.Contains(rule.Keys, key)
			assert.False(t, isSet && !has, "%s: a default for %s, which is not one of its keys", rule.ID, key)
			assert.False(t, has && !isSet && !may[key], "%s: no default for %s", rule.ID, key)
		}
	}
}
