// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"math"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// logged returns a flow that an interface logged.
func logged(by string, t int64) flow.Flow {
	return flow.Flow{
		Time: t, Src: netip.MustParseAddr("203.0.113.7"), Dst: netip.MustParseAddr("10.0.0.5"), SrcPort: 50000, DstPort: 443,
		Protocol: 6, Action: flow.Reject, Account: "123456789012", Interface: by,
	}
}

// isLate reports whether the engine regards a flow as late.
func (w *recordingEngine) isLate(t *testing.T, f flow.Flow) bool {
	t.Helper()
	var ev Event
	require.Equal(t, Evaluate, w.Classify(&f, t0+1e9, &ev))
	w.Observe(&ev, func(a *alert.Alert) { w.alerts = append(w.alerts, a) })
	return ev.late
}

func TestWhichFlowsAreLate(t *testing.T) {
	const late, lead = 1800, 600 // the defaults
	at := func(by string, t int64) flow.Flow { return logged(by, t0+t) }
	for name, c := range map[string]struct {
		before []flow.Flow
		flow   flow.Flow
		want   bool
	}{
		"one interface, at the limit":                              {[]flow.Flow{at("a", 0)}, at("a", -late), false},
		"one interface, beyond the limit":                          {[]flow.Flow{at("a", 0)}, at("a", -late-1), true},
		"no interfaces, beyond the limit":                          {[]flow.Flow{at("", 0)}, at("", -late-1), true},
		"two interfaces, beyond the limit":                         {[]flow.Flow{at("a", 0), at("b", 0)}, at("c", -late-1), true},
		"a fast clock, at the limit of others":                     {[]flow.Flow{at("a", 0), at("fast", lead)}, at("b", -late), false},
		"a fast clock, beyond that limit":                          {[]flow.Flow{at("a", 0), at("fast", lead)}, at("b", -late-1), true},
		"a fast clock that came first":                             {[]flow.Flow{at("fast", lead), at("a", 0)}, at("b", -late), false},
		"a fast clock that sends often":                            {[]flow.Flow{at("fast", 1), at("a", 0), at("fast", 99), at("fast", lead)}, at("b", -late), false},
		"two fast clocks":                                          {[]flow.Flow{at("a", 0), at("fast", lead), at("fast 2", lead)}, at("b", -late), true},
		"a clock that is more than max_future ahead of the others": {[]flow.Flow{at("a", 0), at("fast", lead+1)}, at("b", -late), true},
		"an interface that stopped does not stop the others":       {[]flow.Flow{at("b", -9999), at("a", 0)}, at("a", -late-lead-1), true},
		"the interface that leads alone has a longer limit":        {[]flow.Flow{at("b", -9999), at("a", 0)}, at("a", -late-lead), false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newRecordingEngine(t, nil)
			for _, f := range c.before {
				w.feed(f)
			}
			saved := map[string][]byte{}
			require.NoError(t, w.Save(func(changes []Change) error {
				for _, change := range changes {
					saved[change.Key] = change.Value
				}
				return nil
			}))
			restored := newRecordingEngine(t, nil)
			require.NoError(t, restored.Load(func(key string) ([]byte, error) { return saved[key], nil }))
			assert.Equal(t, c.want, w.isLate(t, c.flow))
			assert.Equal(t, c.want, restored.isLate(t, c.flow), "after a restart")
		})
	}
}

// TestScanIsFoundBesideAFastClock has a scan whose logs are 25 minutes late, next to a sender whose clock is ten minutes fast.
func TestScanIsFoundBesideAFastClock(t *testing.T) {
	w := newRecordingEngine(t, nil)
	for port := range int64(20) {
		w.feed(logged("eni-fast", t0+600+port))
		w.feed(logged("eni-1", t0+port))
		f := logged("eni-2", t0-1500+port)
		f.DstPort = uint16(1000 + port)
		w.feed(f)
	}
	assert.Len(t, w.statuses("external_port_scan"), 1)
}

func TestScopesWithoutTimelyFlowsAreReported(t *testing.T) {
	w := newRecordingEngine(t, nil)
	w.feed(logged("a", t0))
	for range 99 {
		w.feed(logged("a", t0-1801))
	}
	assert.Empty(t, w.Untimely())
	out := OutOfRange{}
	past, future := logged("a", 1), logged("a", t0+2e9)
	out.Add(w.Engine, &past)
	out.Add(w.Engine, &future)
	w.AddOutOfRange(out)
	assert.Equal(t, map[string]Untimely{"123456789012": {Late: 99, Future: 1, Past: 1}}, w.Untimely())
	w.feed(logged("a", t0-1800))
	assert.Empty(t, w.Untimely(), "a flow in time ends it")
}

func TestUntimelyScopesAreBounded(t *testing.T) {
	w := newRecordingEngine(t, nil)
	for i := range 2 * maxUntimely {
		out := OutOfRange{}
		for range minUntimely {
			f := logged("a", 1)
			f.Account = fmt.Sprint(i)
			out.Add(w.Engine, &f)
		}
		w.AddOutOfRange(out)
	}
	assert.Len(t, w.Untimely(), maxUntimely)
}

// TestScopesOfEarlierVersionsAreLoaded loads scopes that were saved before the watermark had interfaces, and before attempts.
func TestScopesOfEarlierVersionsAreLoaded(t *testing.T) {
	w := newRecordingEngine(t, nil)
	w.feed(logged("a", t0))
	full := encode.Encoder(encodeScopes(w.scopes))
	var interfaces, attempts encode.Encoder
	interfaces.Bool(true)
	interfaces.Text("a")
	interfaces.Int(math.MinInt64)
	saved := w.scopes.byName["123456789012"]
	for _, n := range append(saved.opposite[:], saved.evictedAnswer) {
		attempts.Int(n)
	}
	for _, added := range []int{len(attempts), len(attempts) + len(interfaces)} {
		earlier := full[:len(full)-added]
		s := newScopes()
		require.NoError(t, loadScopes(s, func(string) ([]byte, error) { return encode.Seal(earlier), nil }))
		loaded := s.byName["123456789012"]
		assert.Equal(t, added == len(attempts), loaded.watermark.hasLead)
		assert.EqualValues(t, t0, loaded.watermark.reached(int64(10*time.Minute/time.Second)))
		assert.EqualValues(t, never, loaded.opposite[1])
		assert.EqualValues(t, never, loaded.evictedAnswer)
	}
}
