// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/configtype"
)

// The addresses of the alerts in these tests.
const (
	attackedHost = "10.0.0.5"
	otherHost    = "10.0.0.6"
	externalHost = "203.0.113.7"
)

// given is an alert that another rule opens.
type given struct {
	rule        string
	at          int64 // seconds after t0
	source      string
	destination string
}

// The alerts of each stage about attackedHost.
func accessAt(at int64) given {
	return given{"remote_service_brute_force", at, externalHost, attackedHost}
}
func discoveryAt(at int64) given { return given{"internal_port_scan", at, attackedHost, otherHost} }
func lateralAt(at int64) given   { return given{"new_internal_peer", at, attackedHost, otherHost} }
func controlAt(at int64) given {
	return given{"suspicious_destination", at, attackedHost, externalHost}
}

func exfiltrationAt(at int64) given {
	return given{"large_outbound_transfer", at, attackedHost, externalHost}
}

func (g given) alert() *alert.Alert {
	return &alert.Alert{
		UID: g.rule + "@" + strconv.FormatInt(g.at, 10), Rule: g.rule, Status: alert.Opened, Time: t0 + g.at, Account: "123456789012",
		Source: netip.MustParseAddr(g.source), Destination: netip.MustParseAddr(g.destination), Measure: 30,
		Technique: Find(g.rule).Technique,
	}
}

// open adds an alert as if another rule had emitted it.
func (w *recordingEngine) open(a *alert.Alert) {
	if w.scopes.flows == 0 {
		w.feed(elsewhere(t0)) // the scope has a watermark
	}
	ev := &Event{scope: w.scopes.get("123456789012"), number: w.scopes.flows}
	w.sequence.observeAlert(ev, a)
	for _, d := range w.takeSequences() {
		w.alerts = append(w.alerts, d.complete(ev))
	}
}

const sequenceWindow = 24 * 3600

func TestAttackSequence(t *testing.T) {
	opened, updated := alert.Opened, alert.Updated
	for _, c := range []struct {
		name   string
		stages int
		given  []given
		want   []alert.Status
		last   []string // the stages of the last alert
	}{
		{"two of three stages are too few", 3, []given{accessAt(0), discoveryAt(60)}, nil, nil},
		{"three stages", 3, []given{accessAt(0), discoveryAt(60), lateralAt(120)}, []alert.Status{opened}, []string{"access", "discovery", "lateral"}},
		{"two stages are enough if so configured", 2, []given{accessAt(0), exfiltrationAt(60)}, []alert.Status{opened}, []string{"access", "exfiltration"}},
		{"four of five stages are too few", 5, []given{accessAt(0), discoveryAt(1), lateralAt(2), controlAt(3)}, nil, nil},
		{
			"five stages", 5,
			[]given{accessAt(0), discoveryAt(1), lateralAt(2), controlAt(3), exfiltrationAt(4)},
			[]alert.Status{opened},
			[]string{"access", "discovery", "lateral", "control", "exfiltration"},
		},
		{"control and exfiltration alone are no sequence", 2, []given{controlAt(0), exfiltrationAt(60)}, nil, nil},
		{"control, exfiltration and lateral are one", 3, []given{controlAt(0), exfiltrationAt(60), lateralAt(90)}, []alert.Status{opened}, []string{"control", "exfiltration", "lateral"}},
		{"a stage that occurs twice counts once", 3, []given{accessAt(0), accessAt(60), lateralAt(120)}, nil, nil},
		{
			"the first stage is in the window until its last second", 3,
			[]given{accessAt(0), discoveryAt(60), lateralAt(sequenceWindow - 1)},
			[]alert.Status{opened},
			[]string{"access", "discovery", "lateral"},
		},
		{"a second later it is not", 3, []given{accessAt(0), discoveryAt(60), lateralAt(sequenceWindow)}, nil, nil},
		{
			"a stage that is seen again moves to the later time", 3,
			[]given{accessAt(0), discoveryAt(60), accessAt(90), lateralAt(sequenceWindow)},
			[]alert.Status{opened},
			[]string{"discovery", "access", "lateral"},
		},
		{
			"a new stage updates the episode", 3,
			[]given{accessAt(0), discoveryAt(1), lateralAt(2), exfiltrationAt(3)},
			[]alert.Status{opened, updated},
			[]string{"access", "discovery", "lateral", "exfiltration"},
		},
		{
			"a known stage does not", 3,
			[]given{accessAt(0), discoveryAt(1), lateralAt(2), lateralAt(3), discoveryAt(4)},
			[]alert.Status{opened},
			[]string{"access", "discovery", "lateral"},
		},
		{
			"an alert that arrives late counts at its own time", 3,
			[]given{accessAt(100), lateralAt(300), discoveryAt(200)},
			[]alert.Status{opened},
			[]string{"access", "discovery", "lateral"},
		},
		{
			"of equal windows, the earliest is reported", 3,
			[]given{accessAt(0), lateralAt(2), exfiltrationAt(sequenceWindow + 1), discoveryAt(1)},
			[]alert.Status{opened},
			[]string{"access", "discovery", "lateral"},
		},
		{
			"a window without access, discovery or lateral does not count, although it is earlier", 2,
			[]given{exfiltrationAt(0), accessAt(sequenceWindow + 50), controlAt(sequenceWindow - 10)},
			[]alert.Status{opened},
			[]string{"control", "access"},
		},
		{
			"another rule is no stage", 3,
			[]given{accessAt(0), discoveryAt(1), {"external_port_scan", 2, attackedHost, otherHost}},
			nil, nil,
		},
		{
			"a brute force from inside is lateral for its source", 3,
			[]given{accessAt(0), discoveryAt(60), {"remote_service_brute_force", 90, attackedHost, otherHost}},
			[]alert.Status{opened},
			[]string{"access", "discovery", "lateral"},
		},
		{
			"DNS to an internal server is not control", 3,
			[]given{accessAt(0), discoveryAt(60), {"dns_not_over_udp", 90, attackedHost, otherHost}},
			nil, nil,
		},
		{
			"DNS to an external server is control", 3,
			[]given{accessAt(0), discoveryAt(60), {"dns_not_over_udp", 90, attackedHost, externalHost}},
			[]alert.Status{opened},
			[]string{"access", "discovery", "control"},
		},
		{
			"alerts about several hosts are no sequence", 3,
			[]given{accessAt(0), {"internal_port_scan", 60, otherHost, attackedHost}, lateralAt(90)},
			nil, nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newRecordingEngine(t, func(cfg *Config) { changeRule(cfg, func(s *Settings) { s.Stages = c.stages }) })
			for _, g := range c.given {
				w.open(g.alert())
			}
			var last []string
			for _, a := range w.alerts {
				last = a.Stages
				assert.Equal(t, attackedHost, a.Source.String())
				assert.False(t, a.Destination.IsValid())
				assert.EqualValues(t, len(a.Stages), a.Measure)
				assert.EqualValues(t, c.stages, a.Threshold)
			}
			assert.Equal(t, c.last, last)
			assert.Equal(t, c.want, w.statuses("attack_sequence"))
		})
	}
}

// changeRule changes the settings of attack_sequence.
func changeRule(cfg *Config, change func(*Settings)) {
	set := cfg.Rules["attack_sequence"]
	change(&set)
	cfg.Rules["attack_sequence"] = set
}

func TestAttackSequenceDescribesItsStages(t *testing.T) {
	w := newRecordingEngine(t, nil)
	for _, g := range []given{accessAt(72180), accessAt(72181), lateralAt(72360), discoveryAt(72720), exfiltrationAt(73200)} {
		w.open(g.alert())
	}
	require.Len(t, w.alerts, 2)
	a := w.alerts[1]
	assert.Equal(t, "10.0.0.5: accepted 203.0.113.7 after 30 rejected attempts (20:03), first contact with 10.0.0.6 (20:06), "+
		"scanned 10.0.0.6 (20:12), sent 30 B to 203.0.113.7 (20:20)", a.Body)
	assert.Equal(t, []string{
		"remote_service_brute_force@72180", "remote_service_brute_force@72181", "new_internal_peer@72360", "internal_port_scan@72720",
		"large_outbound_transfer@73200",
	}, a.Related)
	assert.Equal(t, alert.UID("attack_sequence", "123456789012", []string{attackedHost}, t0+72720), a.UID)
	assert.Equal(t, a.UID, w.alerts[0].UID)
	assert.Equal(t, alert.Critical, a.Severity)
	assert.Equal(t, []string{"T1041", "T1595"}, a.RelatedTechniques)
	assert.EqualValues(t, t0+73200, a.Time)
	assert.EqualValues(t, t0+72181, a.FirstSeen)
	assert.EqualValues(t, 4, a.Episode.Measure)
}

func TestAttackSequenceKeepsTheUIDsOfTwentyAlertsAndOfEachStage(t *testing.T) {
	w := newRecordingEngine(t, nil)
	w.open(accessAt(0).alert())
	for at := range int64(40) {
		w.open(lateralAt(1 + at).alert())
	}
	w.open(discoveryAt(50).alert())
	require.Len(t, w.alerts, 1)
	related := w.alerts[0].Related
	assert.Len(t, related, alert.MaxList)
	assert.Equal(t, "remote_service_brute_force@0", related[0])
	assert.Equal(t, "new_internal_peer@40", related[alert.MaxList-2])
}

func TestAttackSequenceEndsAndOpensAgain(t *testing.T) {
	w := newRecordingEngine(t, nil)
	w.feed(elsewhere(t0))
	for _, g := range []given{accessAt(0), discoveryAt(0), lateralAt(1), accessAt(2)} {
		w.open(g.alert())
	}
	const end = 2 + sequenceWindow + 1800 // the quiet period and the allowed lateness
	w.feed(elsewhere(t0 + end))
	assert.Equal(t, []alert.Status{alert.Opened}, w.statuses("attack_sequence"), "the watermark has not passed the end")
	w.feed(elsewhere(t0 + end + 1))
	require.Len(t, w.alerts, 1)
	a := w.alerts[0]
	assert.Equal(t, alert.Resolved, a.Status)
	assert.EqualValues(t, t0+2, a.Time)
	assert.True(t, strings.HasPrefix(a.Body, "Ended after 2 s: 10.0.0.5: scanned "), a.Body)
	assert.Len(t, a.Related, 4)
	assert.Equal(t, []string{"discovery", "lateral", "access"}, a.Stages, "as of the last alert of a known stage")
	w.statuses("")
	for _, g := range []given{accessAt(end + 100), discoveryAt(end + 101), lateralAt(end + 102)} {
		w.open(g.alert())
	}
	assert.Equal(t, []alert.Status{alert.Opened}, w.statuses("attack_sequence"))
}

func TestAttackSequenceHasAllowlists(t *testing.T) {
	network := func(text string) []configtype.Network {
		var n configtype.Network
		require.NoError(t, n.UnmarshalText([]byte(text)))
		return []configtype.Network{n}
	}
	for _, c := range []struct {
		name    string
		entry   Ignore
		ignores bool
	}{
		{"the host", Ignore{Source: network("10.0.0.5")}, true},
		{"the host and its account", Ignore{Source: network("10.0.0.5"), Account: []configtype.Account{"123456789012"}}, true},
		{"another host", Ignore{Source: network("10.0.0.6")}, false},
		{"another account", Ignore{Source: network("10.0.0.5"), Account: []configtype.Account{"999999999999"}}, false},
		{"an entry with a destination", Ignore{Source: network("10.0.0.5"), Destination: network("0.0.0.0/0")}, false},
		{"an entry with a tag", Ignore{Source: network("10.0.0.5"), Tag: []string{"a"}}, false},
		{"an entry that has expired", Ignore{Source: network("10.0.0.5"), Expires: configtype.Expiry(t0)}, false},
		{"an entry that expires later", Ignore{Source: network("10.0.0.5"), Expires: configtype.Expiry(t0 + 10)}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, change := range []func(*Config){
				func(cfg *Config) { cfg.Ignore = []Ignore{c.entry} },
				func(cfg *Config) { changeRule(cfg, func(s *Settings) { s.Ignore = []Ignore{c.entry} }) },
				func(cfg *Config) {
					c.entry.Rule = []string{"attack_sequence"}
					cfg.Ignore = []Ignore{c.entry}
				},
			} {
				w := newRecordingEngine(t, change)
				for _, g := range []given{accessAt(0), discoveryAt(1), lateralAt(2)} {
					w.open(g.alert())
				}
				assert.Equal(t, c.ignores, len(w.statuses("attack_sequence")) == 0)
				s := w.sequence.stats
				assert.Equal(t, c.ignores, s.Suppressed[Allowlisted] == 3)
			}
		})
	}
}

func TestAttackSequenceIsSavedBetweenStages(t *testing.T) {
	stored := map[string][]byte{}
	restart := func(w *recordingEngine) *recordingEngine {
		require.NoError(t, w.Save(func(changes []Change) error {
			for _, c := range changes {
				stored[c.Key] = c.Value
			}
			return nil
		}))
		next := newRecordingEngine(t, func(cfg *Config) { cfg.Shards = 3 })
		require.NoError(t, next.Load(func(key string) ([]byte, error) { return stored[key], nil }))
		return next
	}
	w := newRecordingEngine(t, nil)
	require.NoError(t, w.Load(func(string) ([]byte, error) { return nil, nil }))
	w.feed(elsewhere(t0))
	for i, g := range []given{accessAt(0), discoveryAt(1), lateralAt(2), exfiltrationAt(3)} {
		w = restart(w)
		w.open(g.alert())
		if i >= 2 {
			require.Len(t, w.alerts, 1)
			assert.Len(t, w.alerts[0].Related, i+1)
			assert.Equal(t, i == 2, w.alerts[0].Status == alert.Opened)
		}
	}
	before := w.alerts[0]
	w = restart(w)
	w.feed(elsewhere(t0 + 2*sequenceWindow))
	require.Len(t, w.alerts, 1)
	after := w.alerts[0]
	assert.Equal(t, alert.Resolved, after.Status)
	assert.Equal(t, before.Stages, after.Stages)
	assert.Equal(t, before.RelatedTechniques, after.RelatedTechniques)
	assert.Equal(t, "Ended after 3 s: "+before.Body, after.Body)
}

func TestDryRunAlertsAreNoStage(t *testing.T) {
	w := newRecordingEngine(t, nil)
	for _, g := range []given{accessAt(0), discoveryAt(1), lateralAt(2)} {
		a := g.alert()
		a.DryRun = g.rule == "internal_port_scan"
		w.open(a)
	}
	assert.Empty(t, w.alerts)
}

func TestAttackSequenceIsBounded(t *testing.T) {
	w := newRecordingEngine(t, func(cfg *Config) { changeRule(cfg, func(s *Settings) { s.MaxKeys = 10 }) })
	for i := range 100 {
		a := accessAt(int64(i)).alert()
		a.Destination = netip.AddrFrom4([4]byte{10, 1, 0, byte(i)})
		w.open(a)
	}
	stats := w.sequence
	tracked, evicted := stats.size()
	assert.Equal(t, 10, tracked)
	assert.EqualValues(t, 90, evicted)
	assert.Equal(t, stats.bytes, sumOfHosts(stats))
	assert.Positive(t, w.Stats().Memory["attack_sequence"])
}

func sumOfHosts(s *attackSequence) (n int64) {
	for at := s.table.Oldest(); at != 0; at = s.table.NewerThan(at) {
		host := *s.table.Value(at)
		n += host.steps.bytes() + host.episode.bytes()
	}
	return n
}

func TestAttackSequenceChecksItsStages(t *testing.T) {
	for stages, valid := range map[int]bool{1: false, 2: true, 5: true, 6: false} {
		cfg := DefaultConfig()
		changeRule(&cfg, func(s *Settings) { s.Stages = stages })
		err := cfg.Check()
		if valid {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, "rules::attack_sequence::stages: "+strconv.Itoa(stages)+" is not from 2 to 5")
		}
	}
	assert.Equal(t, 24*time.Hour, DefaultConfig().Rules["attack_sequence"].Window)
}

func TestStageOfABruteForceAttemptDependsOnTheHost(t *testing.T) {
	a := alert.Alert{Rule: "remote_service_brute_force", Source: netip.MustParseAddr("10.0.0.5"), Destination: netip.MustParseAddr("10.0.0.6")}
	for host, want := range map[string]string{"10.0.0.5": "lateral", "10.0.0.6": "access", "10.0.0.7": ""} {
		assert.Equal(t, want, StageOf(&a, netip.MustParseAddr(host)))
	}
}
