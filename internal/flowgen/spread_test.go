// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// smallSpread is a log of minSpread records.
func smallSpread() Spread {
	s := DefaultSpread()
	s.Records = minSpread
	return s
}

// flows returns the flows of a log.
func flows(t *testing.T, s Spread) []flow.Flow {
	t.Helper()
	var out []flow.Flow
	for line := range s.Lines() {
		var f flow.Flow
		require.NoError(t, flow.Default.Flow(string(line), &f))
		out = append(out, f)
	}
	return out
}

func TestSpreadHasTheNumberOfAddresses(t *testing.T) {
	for _, records := range []int{minSpread, 1_000_000} {
		s := DefaultSpread()
		s.Records = records
		site := newSpreadSite()
		count := 0
		internal, external := map[netip.Addr]bool{}, map[netip.Addr]bool{}
		for r := range s.records(site) {
			count++
			for _, a := range []netip.Addr{r.Src, r.Dst} {
				if isPrivate(a) {
					internal[a] = true
				} else {
					external[a] = true
				}
			}
		}
		assert.Equal(t, records, count)
		assert.Len(t, internal, 1000)
		assert.Len(t, external, records*9/10)
		assert.Len(t, s.Hosts(), 1000)
		for _, a := range s.Hosts() {
			assert.True(t, internal[a])
		}
	}
}

func TestSpreadHasRequestsAndRepliesInBothDirections(t *testing.T) {
	s := smallSpread()
	counts := map[string]int{}
	last := s.Start.Unix()
	for _, f := range flows(t, s) {
		internal := func(a netip.Addr) string {
			if isPrivate(a) {
				return "internal"
			}
			return "external"
		}
		counts[internal(f.Src)+" to "+internal(f.Dst)]++
		switch {
		case f.SrcPort == 53 || f.DstPort == 53:
			assert.Equal(t, udp, f.Protocol)
			counts["dns"]++
		case f.SrcPort == 443:
			counts["https reply"]++
		case f.DstPort == 443:
			counts["https request"]++
		}
	}
	for r := range s.records(newSpreadSite()) {
		assert.GreaterOrEqual(t, r.End, last, "records are in the order of their end")
		last = r.End
	}
	assert.Equal(t, s.Start.Add(time.Hour).Unix(), last)
	assert.Equal(t, spreadSweep, counts["internal to internal"])
	for _, kind := range []string{"internal to external", "external to internal", "dns", "https reply", "https request"} {
		assert.Greater(t, counts[kind], minSpread/10, kind)
	}
}

func TestSpreadCausesOneAlertAtItsEnd(t *testing.T) {
	s := smallSpread()
	e, err := detect.New(detect.DefaultConfig(), threatlist.NewTable(nil), network.BuiltIn())
	require.NoError(t, err)
	all := flows(t, s)
	var alerts []*alert.Alert
	var at []int
	for i := range all {
		var ev detect.Event
		require.Equal(t, detect.Evaluate, e.Classify(&all[i], all[i].Time, &ev))
		e.Observe(&ev, func(a *alert.Alert) {
			alerts = append(alerts, a)
			at = append(at, i)
		})
	}
	require.Len(t, alerts, 1)
	assert.Equal(t, "internal_reject_sweep", alerts[0].Rule)
	assert.Equal(t, s.Hosts()[0], alerts[0].Source)
	assert.Equal(t, []int{len(all) - 1}, at, "the last record causes it")
}

func TestSpreadIsDeterministic(t *testing.T) {
	var made []map[string]string
	for _, seed := range []uint64{1, 1, 2} {
		s, dir := smallSpread(), t.TempDir()
		s.Seed = seed
		sum, err := s.Write(dir)
		require.NoError(t, err)
		files := logFiles(t, dir)
		require.Len(t, files, 1)
		header, lines := readLog(t, files[0])
		assert.Equal(t, Header(2), header)
		assert.Len(t, lines, minSpread)
		made = append(made, contents(t, dir))
		for _, text := range made[len(made)-1] {
			assert.Equal(t, Summary{Account: "777788889999", Version: 2, Files: 1, Records: minSpread, Bytes: int64(len(text))}, sum)
		}
	}
	assert.True(t, maps.Equal(made[0], made[1]), "same seed, same names and bytes")
	assert.False(t, maps.Equal(made[0], made[2]), "another seed, other bytes")
}

func TestSpreadStopsEarly(t *testing.T) {
	var lines []string
	for line := range smallSpread().Lines() {
		if lines = append(lines, strings.Clone(string(line))); len(lines) == 3 {
			break
		}
	}
	assert.Len(t, slices.Compact(lines), 3)
}

func TestSpreadRefusesInvalidOptions(t *testing.T) {
	s, dir := smallSpread(), t.TempDir()
	_, err := s.Write(dir)
	require.NoError(t, err)
	_, err = s.Write(dir)
	require.ErrorContains(t, err, "contains flow logs")
	s.Records = minSpread - 1
	_, err = s.Write(t.TempDir())
	require.EqualError(t, err, "records 19999: must be from 20000 to 1000000000")
}
