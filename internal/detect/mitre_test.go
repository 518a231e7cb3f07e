// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func TestSeedAndAttackIDs(t *testing.T) {
	for _, test := range []struct{ rule, seed, attack string }{
		{"rejected_internal_scan", "TA0043 T1595 [T1046]", "TA0007 T1046 [T1595]"},
		{"external_port_scan", "TA0043 T1595 [T1595.001]", ""},
		{"internal_port_scan", "TA0043 T1595 [T1046]", "TA0007 T1046 [T1595]"},
		{"remote_service_brute_force", "TA0008 T1021 [T1110]", "TA0006 T1110 [T1021]"},
		{"malicious_remote_access", "TA0008 T1021 [T1133]", ""},
		{"dns_not_over_udp", "TA0011 T1071 [T1071.004 T1572]", ""},
		{"new_internal_peer", "TA0010 T1041 [T1021]", "TA0008 T1021 [T1041]"},
		{"excessive_inbound_icmp", "TA0043 T1595 [T1498]", ""},
		{"remote_service_rejects", "TA0001 T1133 [T1110]", ""},
		{"suspicious_destination", "TA0011 T1071 [T1571]", ""},
		{"unusual_country", "TA0011 T1071 [T1041]", ""},
		{"large_outbound_transfer", "TA0043 T1595 [T1048]", "TA0010 T1048 [T1595]"},
		{"external_reject_sweep", "TA0043 T1595 [T1595.001]", ""},
		{"internal_reject_sweep", "TA0043 T1595 [T1046 T1018]", "TA0007 T1046 [T1595 T1018]"},
	} {
		if test.attack == "" {
			test.attack = test.seed
		}
		rule := Find(test.rule)
		require.NotNil(t, rule, test.rule)
		for ids, want := range map[Mitre]string{SeedIDs: test.seed, AttackIDs: test.attack} {
			c := rule.classification(ids)
			assert.Equal(t, want, shortened(c), "%s with %s", test.rule, ids)
			assert.NotEmpty(t, c.Tactic.Name)
			assert.NotEmpty(t, c.Technique.Name)
			a := &alert.Alert{Rule: test.rule, Tactic: c.Tactic, Technique: c.Technique, RelatedTechniques: c.Related}
			assert.Equal(t, test.attack, shortened(BestClassification(a)), "for people: %s with %s", test.rule, ids)
		}
	}
	custom := &alert.Alert{Rule: "custom", Tactic: exfiltration, Technique: bruteForce, RelatedTechniques: []string{"T1"}}
	assert.Equal(t, "TA0010 T1110 [T1]", shortened(BestClassification(custom)))
}

func shortened(c Classification) string {
	text := c.Tactic.ID + " " + c.Technique.ID + " ["
	for i, id := range c.Related {
		if i > 0 {
			text += " "
		}
		text += id
	}
	return text + "]"
}

func TestAlertsHaveTheConfiguredIDs(t *testing.T) {
	for ids, want := range map[Mitre]string{SeedIDs: "TA0010 T1041 [T1021]", AttackIDs: "TA0008 T1021 [T1041]"} {
		w := newRecordingEngine(t, func(cfg *Config) {
			cfg.Mitre = ids
			learnt(cfg)
		})
		w.feed(talk(1, t0))
		require.Len(t, w.alerts, 1)
		a := w.alerts[0]
		assert.Equal(t, want, shortened(Classification{a.Tactic, a.Technique, a.RelatedTechniques}))
	}
	cfg := DefaultConfig()
	assert.Equal(t, SeedIDs, cfg.Mitre)
	cfg.Mitre = "mitre"
	assert.EqualError(t, cfg.Check(), `mitre: "mitre" is not seed or attack`)
}

// TestResolvedAlertHasTheIDsOfThePresentConfiguration restarts with other ids while an episode is open.
func TestResolvedAlertHasTheIDsOfThePresentConfiguration(t *testing.T) {
	const rule = "large_outbound_transfer"
	store := newMemoryStore()
	w := store.restart(t, func(cfg *Config) { cfg.EmitResolved = true })
	f := elsewhere(t0)
	f.Bytes = 30_000_000
	w.feed(f)
	require.Len(t, w.statuses(rule), 1)
	require.NoError(t, w.Save(store.write))
	w = store.restart(t, func(cfg *Config) { cfg.EmitResolved, cfg.Mitre = true, AttackIDs })
	w.feed(elsewhere(t0 + 86400))
	require.Len(t, w.alerts, 1)
	assert.Equal(t, alert.Resolved, w.alerts[0].Status)
	assert.Equal(t, "T1048", w.alerts[0].Technique.ID)
}
