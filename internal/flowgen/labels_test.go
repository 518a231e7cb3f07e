// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

func TestLabelsSurviveARoundTrip(t *testing.T) {
	o := DefaultOptions()
	o.Scripts = []string{"blocked-beacon", "new-country", "counted-once"}
	labels, err := LabelsOf(o, 2, 5)
	require.NoError(t, err)
	var text strings.Builder
	n, err := labels.WriteTo(&text)
	require.NoError(t, err)
	assert.Equal(t, int64(text.Len()), n)
	var decoded Labels
	require.NoError(t, yaml.Unmarshal([]byte(text.String()), &decoded))
	assert.Equal(t, labels, decoded)

	require.Len(t, labels.Attacks, 2)
	require.Len(t, labels.Decoys, 1)
	beacon := labels.Attacks[0]
	assert.Equal(t, "444455556666", beacon.Account)
	assert.Equal(t, time.Date(2026, time.March, 9, 15, 0, 0, 0, time.UTC), beacon.Start)
	assert.Equal(t, beacon.Start.Add(time.Hour+2*time.Second), beacon.End)
	assert.Equal(t, LabeledAlert{
		Rule: "suspicious_destination", Source: "10.50.48.10", Destination: "188.203.0.113", Opened: 1, Updated: 1,
	}, beacon.Alerts[0])

	labels, err = LabelsOf(o, 2)
	require.NoError(t, err)
	assert.Len(t, labels.Attacks, 1, "only the scripts of the given versions")
	assert.Empty(t, labels.Decoys)
	_, err = LabelsOf(o, 9)
	assert.ErrorContains(t, err, "version 9")
}

// TestDetectionReportsExactlyTheLabeledAlerts uses other seeds than the demo, so that agreement is not a coincidence.
func TestDetectionReportsExactlyTheLabeledAlerts(t *testing.T) {
	prefixes, refused, err := threatlist.ParsePlain(strings.NewReader(Threats), "threats.txt")
	require.NoError(t, err)
	assert.Zero(t, refused)
	threats := threatlist.NewTable([]threatlist.List{{Name: "demo", Prefixes: prefixes}})
	for seed, rate := range map[uint64]float64{1: 0.5, 2: 0.1} {
		o := DefaultOptions()
		o.Seed, o.Rate, o.Days = seed, rate, 9
		labels, err := LabelsOf(o, Versions()...)
		require.NoError(t, err)
		missing := labels.expected()
		cfg := detect.DefaultConfig()
		cfg.EmitResolved = false // labels name no ends of episodes
		for id, set := range cfg.Rules {
			set.Enabled = true
			cfg.Rules[id] = set
		}
		engine, err := detect.New(cfg, threats, network.BuiltIn())
		require.NoError(t, err)
		for _, version := range Versions() {
			observe(t, engine, version, o, func(a *alert.Alert) {
				i := slices.IndexFunc(missing, func(e expectedAlert) bool { return e.matches(a) })
				if assert.GreaterOrEqual(t, i, 0, "seed %d: unexpected alert: %+v", seed, a) {
					missing = slices.Delete(missing, i, i+1)
				}
			})
		}
		assert.Empty(t, missing, "seed %d: missing alerts", seed)
	}
}

// expectedAlert is one alert of a label.
type expectedAlert struct {
	LabeledAlert
	account string
	status  alert.Status
}

// expected returns the alerts that detection must report.
func (l Labels) expected() (list []expectedAlert) {
	for _, attack := range l.Attacks {
		for _, a := range attack.Alerts {
			list = append(list, slices.Repeat([]expectedAlert{{a, attack.Account, alert.Opened}}, a.Opened)...)
			list = append(list, slices.Repeat([]expectedAlert{{a, attack.Account, alert.Updated}}, a.Updated)...)
		}
	}
	return list
}

// matches compares the alert with the fields that the label has.
func (e expectedAlert) matches(a *alert.Alert) bool {
	given := func(want, got string) bool { return want == "" || want == got }
	return e.account == a.Account && e.Rule == a.Rule && e.status == a.Status &&
		given(e.Source, a.Source.String()) && given(e.Destination, a.Destination.String()) &&
		given(e.Country, a.DestinationCountry) && (e.Port == 0 || e.Port == a.DestinationPort)
}

func observe(t *testing.T, engine *detect.Engine, version int, o Options, emit func(*alert.Alert)) {
	t.Helper()
	l, err := NewLog(version, o)
	require.NoError(t, err)
	format, err := flow.ParseFormat(l.Header())
	require.NoError(t, err)
	var f flow.Flow
	var event detect.Event
	for r := range l.Records() {
		require.NoError(t, format.Flow(string(l.AppendLine(nil, r)), &f))
		if engine.Classify(&f, f.Time, &event) == detect.Evaluate {
			engine.Observe(&event, emit)
		}
	}
}
