// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// A rule is one file, one line in the index, scenarios, and a section of docs/rules.md. The tests here and in
// docs_test.go fail for a rule that lacks one of them.

func TestEachRuleHasAFileOfItsOwn(t *testing.T) {
	for _, rule := range detect.Rules {
		assert.FileExists(t, "rule_"+rule.ID+".go")
	}
}

func TestEachRuleHasScenarios(t *testing.T) {
	for i, rule := range detect.Rules {
		pattern := fmt.Sprintf("../../testdata/scenarios/r%02d_*", i+1)
		folders, err := filepath.Glob(pattern)
		require.NoError(t, err)
		assert.NotEmpty(t, folders, "%s: no folder %s", rule.ID, pattern)
	}
}

// A folder with a number that no rule has is left over from one, or misnamed.
func TestEachNumberedScenarioBelongsToARule(t *testing.T) {
	entries, err := os.ReadDir("../../testdata/scenarios")
	require.NoError(t, err)
	for _, entry := range entries {
		var number int
		if _, err := fmt.Sscanf(entry.Name(), "r%02d_", &number); err == nil {
			assert.True(t, 1 <= number && number <= len(detect.Rules), entry.Name())
		}
	}
}

func TestEachRuleSaysWhatItIs(t *testing.T) {
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
		assert.NotEmpty(t, rule.Related, "%s: related techniques", rule.ID)
		assert.False(t, seen[rule.ID] || seen[rule.Title], "%s: id or title is another rule's, too", rule.ID)
		seen[rule.ID], seen[rule.Title] = true, true
	}
}

// The defaults must be of the keys that the rule has, and each key must have one.
func TestEachRuleHasDefaultsForItsKeysAndNoOthers(t *testing.T) {
	may := map[string]bool{"learning_period": true, "include_internal": true, "include_replies": true} // zero is a value
	for _, rule := range detect.Rules {
		for key, isSet := range map[string]bool{
			"threshold":       rule.Defaults.Threshold != 0,
			"failures":        rule.Defaults.Failures != 0,
			"window":          rule.Defaults.Window != 0,
			"quiet_period":    rule.Defaults.QuietPeriod != 0,
			"retention":       rule.Defaults.Retention != 0,
			"learning_period": rule.Defaults.LearningPeriod != 0,
			"ports":           rule.Defaults.Ports != nil,
			"group_by":        rule.Defaults.GroupBy != "",
		} {
			has := slices.Contains(rule.Keys, key)
			assert.False(t, isSet && !has, "%s: a default for %s, which is none of its keys", rule.ID, key)
			assert.False(t, has && !isSet && !may[key], "%s: no default for %s", rule.ID, key)
		}
	}
}
