// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"math/rand/v2"
	"net/netip"
	"reflect"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

func TestRandomAlertsRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		want := randomAlert(rng)
		assert.Equal(t, want, roundTrip(t, want))
	}
}

// A missing field must stay missing.
func TestAlertsWithOneMissingFieldRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for i, field := range reflect.VisibleFields(reflect.TypeFor[alert.Alert]()) {
		if field.Name == "Status" {
			continue // required
		}
		want := randomAlert(rng)
		reflect.ValueOf(&want).Elem().Field(i).SetZero()
		assert.Equal(t, want, roundTrip(t, want), "without %s", field.Name)
	}
}

// A field that is zero in random alerts would not be tested. This fails when a new field is missing in randomAlert.
func TestRandomAlertHasEveryField(t *testing.T) {
	a := reflect.ValueOf(randomAlert(rand.New(rand.NewPCG(5, 6))))
	for i, field := range reflect.VisibleFields(a.Type()) {
		assert.False(t, a.Field(i).IsZero(), field.Name)
	}
}

func TestRecordOfEmptyAlertHasRequiredAttributesOnly(t *testing.T) {
	lr := plog.NewLogRecord()
	ToRecord(&alert.Alert{Status: alert.Opened}, lr)
	assert.Equal(t, map[string]any{
		alert.AttrStatus:        "opened",
		alert.AttrScope:         "",
		alert.AttrRuleset:       "vpc_flow",
		alert.AttrFramework:     "MITRE ATT&CK",
		alert.AttrMeasure:       int64(0),
		alert.AttrThreshold:     int64(0),
		alert.AttrFlows:         int64(0),
		alert.AttrPackets:       int64(0),
		alert.AttrBytes:         int64(0),
		alert.AttrAcceptedFlows: int64(0),
		alert.AttrRejectedFlows: int64(0),
	}, lr.Attributes().AsRaw())
	assert.Zero(t, lr.ObservedTimestamp())
	assert.Equal(t, plog.SeverityNumberUnspecified, lr.SeverityNumber())
	assert.Empty(t, lr.SeverityText())
}

func TestRecordListsAreLimited(t *testing.T) {
	for _, tt := range []struct {
		name          string
		entries       int
		wantEntries   int
		wantTruncated bool
	}{
		{"lists at the limit are complete", alert.MaxList, alert.MaxList, false},
		{"lists over the limit are truncated", alert.MaxList + 1, alert.MaxList, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, list := range []string{alert.AttrSources, alert.AttrDestinations, alert.AttrDestinationPorts, alert.AttrAcceptedTargets} {
				a := alert.Alert{Status: alert.Opened}
				switch list {
				case alert.AttrSources:
					a.Sources = addresses(tt.entries)
				case alert.AttrDestinations:
					a.Destinations = addresses(tt.entries)
				case alert.AttrDestinationPorts:
					a.DestinationPorts = ports(tt.entries)
				case alert.AttrAcceptedTargets:
					a.AcceptedTargets = make([]netip.AddrPort, tt.entries)
				}
				lr := plog.NewLogRecord()
				ToRecord(&a, lr)
				v, ok := lr.Attributes().Get(list)
				require.True(t, ok)
				assert.Equal(t, tt.wantEntries, v.Slice().Len(), list)
				_, truncated := lr.Attributes().Get(alert.AttrTruncated)
				assert.Equal(t, tt.wantTruncated, truncated, list)
			}
		})
	}
}

func TestRecordKeepsFirstEntriesOfLongLists(t *testing.T) {
	got := roundTrip(t, alert.Alert{
		Status:           alert.Opened,
		Destinations:     addresses(alert.MaxList + 5),
		DestinationPorts: ports(alert.MaxList + 5),
		Samples:          []alert.Sample{{Raw: "1"}, {Raw: "2"}, {Raw: "3"}, {Raw: "4"}, {Raw: "5"}, {Raw: "6"}},
	})
	assert.Equal(t, addresses(alert.MaxList), got.Destinations)
	assert.Equal(t, ports(alert.MaxList), got.DestinationPorts)
	assert.Equal(t, []alert.Sample{{Raw: "1"}, {Raw: "2"}, {Raw: "3"}, {Raw: "4"}, {Raw: "5"}}, got.Samples)
	assert.True(t, got.Truncated)
}

func TestRecordWithManySamplesIsNotTruncated(t *testing.T) {
	got := roundTrip(t, alert.Alert{Status: alert.Opened, Samples: []alert.Sample{{Raw: "1"}, {Raw: "2"}, {Raw: "3"}, {Raw: "4"}, {Raw: "5"}, {Raw: "6"}}})
	assert.False(t, got.Truncated, "samples need not be complete")
}

// roundTrip returns an alert after it was encoded as OTLP and decoded again.
func roundTrip(t *testing.T, a alert.Alert) alert.Alert {
	t.Helper()
	logs := plog.NewLogs()
	Append(logs, "scope", "v1", []*alert.Alert{&a})
	wire, err := (&plog.ProtoMarshaler{}).MarshalLogs(logs)
	require.NoError(t, err)
	logs, err = (&plog.ProtoUnmarshaler{}).UnmarshalLogs(wire)
	require.NoError(t, err)
	for got, err := range All(logs) {
		require.NoError(t, err)
		return *got
	}
	require.Fail(t, "the record is not an alert")
	return alert.Alert{}
}

func randomAlert(rng *rand.Rand) alert.Alert {
	text := func(prefix string) string { return prefix + strconv.Itoa(rng.IntN(1000)) }
	number := func() int64 { return 1 + rng.Int64N(1<<37) }
	return alert.Alert{
		UID:               alert.UID("rule", "scope", nil, number()),
		Status:            []alert.Status{alert.Opened, alert.Updated, alert.Resolved}[rng.IntN(3)],
		Severity:          alert.Severities[rng.IntN(4)],
		Time:              1 + rng.Int64N(1<<33),
		Observed:          time.Unix(1+rng.Int64N(1<<33), rng.Int64N(1e9)).UTC(),
		Body:              text("sentence "),
		Scope:             text("scope "),
		Account:           text("account "),
		Region:            text("region "),
		Rule:              text("rule "),
		Title:             text("title "),
		Category:          text("category "),
		Ruleset:           text("ruleset "),
		RulesetVersion:    text("v"),
		Tactic:            alert.Tactic{ID: text("TA"), Name: text("tactic ")},
		Technique:         alert.Technique{ID: text("T"), Name: text("technique ")},
		RelatedTechniques: []string{text("T"), text("T")},
		Source:            randomAddress(rng),
		SourcePort:        uint16(1 + rng.IntN(1<<16-1)),
		Destination:       randomAddress(rng),
		DestinationPort:   uint16(1 + rng.IntN(1<<16-1)),
		Transport:         text("protocol "),
		Sources:           addresses(1 + rng.IntN(alert.MaxList)),
		Destinations:      addresses(1 + rng.IntN(alert.MaxList)),
		DestinationPorts:  ports(1 + rng.IntN(alert.MaxList)),
		Truncated:         true,
		Measure:           number(),
		Threshold:         number(),
		Unit:              alert.Unit(text("unit ")),
		Window:            number(),
		FirstSeen:         number(),
		LastSeen:          number(),
		Flows:             number(),
		Packets:           number(),
		Bytes:             number(),
		AcceptedFlows:     number(),
		RejectedFlows:     number(),
		AcceptedTargets: []netip.AddrPort{
			netip.AddrPortFrom(randomAddress(rng), uint16(rng.Uint32())), netip.AddrPortFrom(randomAddress(rng), 0),
		},
		Episode:            alert.Totals{Measure: number(), Flows: number(), Packets: number(), Bytes: number(), Seconds: number()},
		RoleEvidence:       alert.RoleEvidence(text("evidence ")),
		Samples:            []alert.Sample{{Raw: text("flow ")}, randomSample(rng)},
		Indicator:          randomAddress(rng),
		IndicatorEntry:     netip.PrefixFrom(randomAddress(rng), 8+rng.IntN(25)).Masked(),
		IndicatorProvider:  text("provider "),
		IndicatorCategory:  text("category "),
		Feed:               text("feed "),
		SourceCountry:      text("country "),
		DestinationCountry: text("country "),
		VPC:                text("vpc-"),
		Interface:          text("eni-"),
		Instance:           text("i-"),
		SourceAS:           alert.AS{Number: 1 + rng.Uint32N(1<<32-2), Organization: text("organization ")},
		DestinationAS:      alert.AS{Number: 1 + rng.Uint32N(1<<32-2), Organization: text("organization ")},
		SourceMachine:      randomMachine(text),
		DestinationMachine: randomMachine(text),
		Stages:             []string{text("stage "), text("stage ")},
		Related:            []string{text("uid "), text("uid ")},
		Impact:             text("impact "),
		Mitigation:         text("mitigation "),
		DryRun:             true,
	}
}

func randomMachine(text func(prefix string) string) alert.Machine {
	return alert.Machine{
		Interface: text("eni-"), Instance: text("i-"), VPC: text("vpc-"), Subnet: text("subnet-"), Zone: text("zone "),
		Group: text("group "), Name: text("name "), Owner: text("owner "),
	}
}

func randomSample(rng *rand.Rand) alert.Sample {
	end := func() netip.AddrPort { return netip.AddrPortFrom(randomAddress(rng), uint16(rng.Uint32())) }
	return alert.Sample{
		Source: end(), Destination: end(), Protocol: uint8(rng.Uint32()), Action: flow.Action(rng.IntN(3)),
		Packets: rng.Uint64(), Bytes: rng.Uint64(), Time: rng.Int64(), Interface: "eni-" + strconv.Itoa(rng.IntN(1000)),
	}
}

func randomAddress(rng *rand.Rand) netip.Addr {
	if rng.IntN(2) == 0 {
		return netip.AddrFrom4([4]byte{byte(1 + rng.IntN(223)), byte(rng.Uint32()), byte(rng.Uint32()), byte(rng.Uint32())})
	}
	return netip.AddrFrom16([16]byte{0x20, 0x01, 15: byte(rng.Uint32())})
}

func addresses(n int) []netip.Addr {
	list := make([]netip.Addr, n)
	for i := range list {
		list[i] = netip.AddrFrom4([4]byte{10, 0, 2, byte(i)})
	}
	return list
}

func ports(n int) []uint16 {
	list := make([]uint16, n)
	for i := range list {
		list[i] = uint16(i)
	}
	return list
}

func TestSeverityOfChangedNumber(t *testing.T) {
	for _, tt := range []struct {
		name   string
		number int32
		want   alert.Severity
	}{
		{"zero means no severity", 0, 0},
		{"a negative number means no severity", -1, 0},
		{"the lowest number is low", 1, alert.Low},
		{"the last before medium is low", 12, alert.Low},
		{"medium starts at WARN", 13, alert.Medium},
		{"the last before high is medium", 16, alert.Medium},
		{"high starts at ERROR", 17, alert.High},
		{"the last before critical is high", 20, alert.High},
		{"critical starts at FATAL", 21, alert.Critical},
		{"any higher number is critical", 99, alert.Critical},
	} {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, severityOf(tt.number))
		})
	}
}

func TestSeverityNumbersFollowTheLogDataModel(t *testing.T) {
	assert.Equal(t, plog.SeverityNumberInfo2, plog.SeverityNumber(alert.Low))
	assert.Equal(t, plog.SeverityNumberWarn, plog.SeverityNumber(alert.Medium))
	assert.Equal(t, plog.SeverityNumberError, plog.SeverityNumber(alert.High))
	assert.Equal(t, plog.SeverityNumberFatal, plog.SeverityNumber(alert.Critical))
	assert.IsIncreasing(t, alert.Severities[:])
}
