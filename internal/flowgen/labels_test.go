// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"fmt"
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

func TestLabelsReadBackAsWritten(t *testing.T) {
	o := DefaultOptions()
	o.Scripts = []string{"blocked-beacon", "new-country", "counted-once"}
	labels, err := LabelsOf(o, 2, 5)
	require.NoError(t, err)
	var text strings.Builder
	n, err := labels.WriteTo(&text)
	require.NoError(t, err)
	assert.Equal(t, int64(text.Len()), n)
	var back Labels
	require.NoError(t, yaml.Unmarshal([]byte(text.String()), &back))
	assert.Equal(t, labels, back)

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
	assert.Len(t, labels.Attacks, 1, "only what the written logs hold")
	assert.Empty(t, labels.Decoys)
	_, err = LabelsOf(o, 9)
	assert.ErrorContains(t, err, "version 9")
}

// TestDetectionSaysWhatTheLabelsSay runs other seeds than the demo's, so that
// neither side is right by chance.
func TestDetectionSaysWhatTheLabelsSay(t *testing.T) {
	prefixes, refused, err := threatlist.ParsePlain(strings.NewReader(Threats), "threats.txt")
	require.NoError(t, err)
	assert.Zero(t, refused)
	threats := threatlist.NewTable([]threatlist.List{{Name: "demo", Prefixes: prefixes}})
	for seed, rate := range map[uint64]float64{1: 0.5, 2: 0.1} {
		o := DefaultOptions()
		o.Seed, o.Rate, o.Days = seed, rate, 9
		labels, err := LabelsOf(o, Versions()...)
		require.NoError(t, err)
		engine, err := detect.New(detect.DefaultConfig(), threats, network.BuiltIn())
		require.NoError(t, err)
		var said []string
		for _, version := range Versions() {
			observe(t, engine, version, o, func(a *alert.Alert) { said = append(said, saying(a)) })
		}
		slices.Sort(said)
		assert.Equal(t, labels.sayings(), said, "seed %d", seed)
	}
}

// sayings lists the alerts that must come.
func (l Labels) sayings() []string {
	var out []string
	for _, attack := range l.Attacks {
		for _, a := range attack.Alerts {
			parts := []any{attack.Account, a.Rule, a.Source, a.Destination, a.Port, a.Country}
			if a.Rule == unusualCountry {
				parts[2], parts[3] = "", ""
			}
			out = append(out, slices.Repeat([]string{fmt.Sprintln(append(parts, alert.Opened)...)}, a.Opened)...)
			out = append(out, slices.Repeat([]string{fmt.Sprintln(append(parts, alert.Updated)...)}, a.Updated)...)
		}
	}
	slices.Sort(out)
	return out
}

// saying keeps of an alert what its rule fixes.
func saying(a *alert.Alert) string {
	source, destination, country := a.Source.String(), "", ""
	var port uint16
	switch a.Rule {
	case unusualCountry:
		source, country = "", a.DestinationCountry
	case maliciousRemoteAccess, remoteServiceBruteForce:
		destination, port = a.Destination.String(), a.DestinationPort
	case internalPortScan, dnsNotOverUDP, newInternalPeer, suspiciousDestination, largeOutboundTransfer:
		destination = a.Destination.String()
	}
	return fmt.Sprintln(a.Account, a.Rule, source, destination, port, country, a.Status)
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
