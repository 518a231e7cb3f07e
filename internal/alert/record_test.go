// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alert

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
)

func TestRecordOfAnyAlertReadsBackTheSame(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		want := randomAlert(rng)
		assert.Equal(t, want, throughLogs(t, want))
	}
}

// An alert that lacks any one field shows that a field which is not known does not come back as something else.
func TestRecordOfAnAlertThatLacksAFieldReadsBackTheSame(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for i, field := range reflect.VisibleFields(reflect.TypeFor[Alert]()) {
		if field.Name == "Status" {
			continue // there is no alert without it
		}
		want := randomAlert(rng)
		reflect.ValueOf(&want).Elem().Field(i).SetZero()
		assert.Equal(t, want, throughLogs(t, want), "without %s", field.Name)
	}
}

// A field that the random alerts leave at zero would not be tested: whoever adds a field is told here.
func TestRandomAlertHasEveryField(t *testing.T) {
	a := reflect.ValueOf(randomAlert(rand.New(rand.NewPCG(5, 6))))
	for i, field := range reflect.VisibleFields(a.Type()) {
		assert.False(t, a.Field(i).IsZero(), field.Name)
	}
}

func TestRecordOfAnAlertThatKnowsNothingHasOnlyWhatIsAlwaysSaid(t *testing.T) {
	lr := plog.NewLogRecord()
	(&Alert{Status: Opened}).ToRecord(lr)
	assert.Equal(t, map[string]any{
		AttrStatus:    "opened",
		AttrScope:     "",
		AttrRuleset:   "vpc_flow",
		AttrFramework: "MITRE ATT&CK",
		AttrMeasure:   int64(0),
		AttrThreshold: int64(0),
		AttrFlows:     int64(0),
		AttrPackets:   int64(0),
		AttrBytes:     int64(0),
	}, lr.Attributes().AsRaw())
	assert.Zero(t, lr.ObservedTimestamp())
	assert.Equal(t, plog.SeverityNumberUnspecified, lr.SeverityNumber())
	assert.Empty(t, lr.SeverityText())
}

func TestRecordTakesNoMoreThanTheLimits(t *testing.T) {
	for _, tt := range []struct {
		name          string
		entries       int
		wantEntries   int
		wantTruncated bool
	}{
		{"lists at the limit are whole", MaxList, MaxList, false},
		{"lists over the limit are cut, and the record says so", MaxList + 1, MaxList, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, list := range []string{AttrSources, AttrDestinations, AttrDestinationPorts} {
				a := Alert{Status: Opened}
				switch list {
				case AttrSources:
					a.Sources = addresses(tt.entries)
				case AttrDestinations:
					a.Destinations = addresses(tt.entries)
				case AttrDestinationPorts:
					a.DestinationPorts = ports(tt.entries)
				}
				lr := plog.NewLogRecord()
				a.ToRecord(lr)
				v, ok := lr.Attributes().Get(list)
				require.True(t, ok)
				assert.Equal(t, tt.wantEntries, v.Slice().Len(), list)
				_, truncated := lr.Attributes().Get(AttrTruncated)
				assert.Equal(t, tt.wantTruncated, truncated, list)
			}
		})
	}
}

func TestRecordKeepsTheFirstEntriesOfAListThatIsCut(t *testing.T) {
	got := throughLogs(t, Alert{
		Status:           Opened,
		Destinations:     addresses(MaxList + 5),
		DestinationPorts: ports(MaxList + 5),
		Samples:          []string{"1", "2", "3", "4", "5", "6"},
	})
	assert.Equal(t, addresses(MaxList), got.Destinations)
	assert.Equal(t, ports(MaxList), got.DestinationPorts)
	assert.Equal(t, []string{"1", "2", "3", "4", "5"}, got.Samples)
	assert.True(t, got.Truncated)
}

func TestRecordWithMoreSamplesThanItTakesIsNotTruncated(t *testing.T) {
	got := throughLogs(t, Alert{Status: Opened, Samples: []string{"1", "2", "3", "4", "5", "6"}})
	assert.False(t, got.Truncated, "samples are samples: the totals count all flows")
}

// throughLogs sends an alert the way it goes from the processor to whoever reads it.
func throughLogs(t *testing.T, a Alert) Alert {
	t.Helper()
	logs := plog.NewLogs()
	Append(logs, "scope", "v1", []*Alert{&a})
	wire, err := (&plog.ProtoMarshaler{}).MarshalLogs(logs)
	require.NoError(t, err)
	logs, err = (&plog.ProtoUnmarshaler{}).UnmarshalLogs(wire)
	require.NoError(t, err)
	for got, err := range All(logs) {
		require.NoError(t, err)
		return *got
	}
	require.Fail(t, "no alert came back")
	return Alert{}
}

func randomAlert(rng *rand.Rand) Alert {
	text := func(prefix string) string { return prefix + strconv.Itoa(rng.IntN(1000)) }
	number := func() int64 { return 1 + rng.Int64N(1<<37) }
	return Alert{
		UID:                UID("rule", "scope", nil, number()),
		Status:             []Status{Opened, Updated, Resolved}[rng.IntN(3)],
		Severity:           severities[rng.IntN(4)],
		Time:               1 + rng.Int64N(1<<33),
		Observed:           time.Unix(1+rng.Int64N(1<<33), rng.Int64N(1e9)).UTC(),
		Body:               text("sentence "),
		Scope:              text("scope "),
		Account:            text("account "),
		Region:             text("region "),
		Rule:               text("rule "),
		Title:              text("title "),
		Category:           text("category "),
		RulesetVersion:     text("v"),
		Tactic:             Tactic{ID: text("TA"), Name: text("tactic ")},
		Technique:          Technique{ID: text("T"), Name: text("technique ")},
		Related:            []string{text("T"), text("T")},
		Source:             randomAddress(rng),
		Destination:        randomAddress(rng),
		DestinationPort:    uint16(1 + rng.IntN(1<<16-1)),
		Transport:          text("protocol "),
		Sources:            addresses(1 + rng.IntN(MaxList)),
		Destinations:       addresses(1 + rng.IntN(MaxList)),
		DestinationPorts:   ports(1 + rng.IntN(MaxList)),
		Truncated:          true,
		Measure:            number(),
		Threshold:          number(),
		Unit:               Unit(text("unit ")),
		Window:             number(),
		FirstSeen:          number(),
		LastSeen:           number(),
		Flows:              number(),
		Packets:            number(),
		Bytes:              number(),
		RoleEvidence:       RoleEvidence(text("evidence ")),
		Samples:            []string{text("flow "), text("flow ")},
		Indicator:          randomAddress(rng),
		IndicatorEntry:     netip.PrefixFrom(randomAddress(rng), 8+rng.IntN(25)).Masked(),
		IndicatorProvider:  text("provider "),
		Feed:               text("feed "),
		SourceCountry:      text("country "),
		DestinationCountry: text("country "),
		VPC:                text("vpc-"),
		Interface:          text("eni-"),
		Instance:           text("i-"),
		Impact:             text("impact "),
		Mitigation:         text("mitigation "),
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
