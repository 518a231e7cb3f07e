// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ocsf

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// expectedAlerts are the golden files of vpc_detection, which has a folder for each rule.
const expectedAlerts = "../../processor/vpcdetectionprocessor/testdata/*/expected*.yaml"

// A new rule needs a golden file, or this test fails. A test of vpc_detection covers flow_logs_stopped, which has none.
func TestEveryRuleHasAFindingThatFollowsTheSchema(t *testing.T) {
	byRule := map[string][]*alert.Alert{}
	for _, a := range alerts(t, expectedAlerts) {
		byRule[a.Rule] = append(byRule[a.Rule], a)
	}
	for _, each := range detect.Rules {
		rule := each.ID
		assert.NotEmpty(t, byRule[rule], "%s has no golden alert", rule)
		for _, a := range byRule[rule] {
			event := Finding(a)
			assert.Equal(t, rule, event.FindingInfo.Analytic.UID)
			assert.Equal(t, a.UID, event.FindingInfo.UID)
			assert.NoError(t, table(t).Validate(encode(t, event)), "%s", rule)
		}
	}
}

// An episode begins with Create, ends with Close, and has its own metadata.uid in each event.
func TestTheAlertsOfAnEpisodeAreOneFindingsLife(t *testing.T) {
	paths, err := filepath.Glob(expectedAlerts)
	require.NoError(t, err)
	closed := 0
	for _, path := range paths {
		lives, events := map[string][]string{}, map[string]bool{}
		for _, a := range alertsOf(t, path) {
			event := Finding(a)
			lives[event.FindingInfo.UID] = append(lives[event.FindingInfo.UID], event.ActivityName)
			assert.False(t, events[event.Metadata.UID], "%s: %s is repeated", path, event.Metadata.UID)
			events[event.Metadata.UID] = true
		}
		for uid, life := range lives {
			for i, activity := range life {
				assert.Equal(t, i == 0, activity == "Create", "%s: %s: %v", path, uid, life)
				if activity == "Close" {
					assert.Len(t, life, i+1, "%s: %s: %v", path, uid, life)
					closed++
				}
			}
		}
	}
	assert.Positive(t, closed)
}
