// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

var (
	insideHost  = netip.MustParseAddr("10.0.0.5")
	outsideHost = netip.MustParseAddr("203.0.113.7")
)

// grace is the default answer_grace in seconds.
const grace = 1800

// tried is an attempt from inside to outside.
func tried(t int64) flow.Flow {
	return flow.Flow{
		Time: t, Src: insideHost, Dst: outsideHost, SrcPort: 50000, DstPort: 443, Protocol: tcp, Flags: syn, FlagsLogged: true,
		Action: flow.Accept, Packets: 1, Bytes: 60, Account: "123456789012", Interface: "eni-1",
	}
}

// reply is the answer to a flow.
func reply(to flow.Flow, t int64) flow.Flow {
	to.Time, to.Src, to.Dst, to.SrcPort, to.DstPort, to.Flags = t, to.Dst, to.Src, to.DstPort, to.SrcPort, syn|ack
	to.Packets, to.Bytes = 10, 5000
	return to
}

// inbound is a flow that shows that the scope logs what comes from outside. It also moves the watermark.
func inbound(t int64) flow.Flow {
	f := reply(tried(t), t)
	f.DstPort = 1
	return f
}

// passing is a flow that only moves the watermark.
func passing(t int64) flow.Flow {
	f := elsewhere(t)
	f.Protocol = udp
	return f
}

// judged adds a rule on attempts to outside for the rest of a test.
func judged(t *testing.T) {
	t.Helper()
	before := Rules
	t.Cleanup(func() { Rules = before })
	Rules = append(slices.Clone(Rules), &Rule{
		ID: "failed", Unit: alert.Attempts, Keys: []string{"threshold", "window", "quiet_period"},
		Defaults: Settings{Threshold: 20, Window: time.Hour, QuietPeriod: time.Hour},
		kind:     Distinct, match: Match{Class: toOutside, Outcome: []string{failedResult}}, key: bySource, count: countAttempts,
		sentence: func(*alert.Alert, details) string { return "" },
	})
}

func TestAttemptIsAnsweredOrFailed(t *testing.T) {
	judged(t)
	with := func(f flow.Flow, change func(*flow.Flow)) flow.Flow {
		change(&f)
		return f
	}
	noFlags := func(f *flow.Flow) { f.Flags, f.FlagsLogged = 0, false }
	v6 := func(f *flow.Flow) { f.Src, f.Dst = netip.MustParseAddr("fd00::5"), netip.MustParseAddr("2001:db8::7") }
	end := inbound(t0 + grace + 500)
	answered, failed := AttemptStats{Answered: 1}, AttemptStats{Failed: 1}
	for _, c := range []struct {
		name  string
		flows []flow.Flow
		want  AttemptStats
	}{
		{"an attempt without an answer fails", []flow.Flow{tried(t0)}, failed},
		{"an answer at the same second", []flow.Flow{tried(t0), reply(tried(t0), t0)}, answered},
		{"an answer after 120 s", []flow.Flow{tried(t0), reply(tried(t0), t0+120)}, answered},
		{"an answer after 121 s", []flow.Flow{tried(t0), reply(tried(t0), t0+121)}, failed},
		{"an answer that arrives before the attempt", []flow.Flow{reply(tried(t0), t0), tried(t0)}, answered},
		{"an answer 120 s before the attempt", []flow.Flow{reply(tried(t0), t0-120), tried(t0)}, answered},
		{"an answer 121 s before the attempt", []flow.Flow{reply(tried(t0), t0-121), tried(t0)}, failed},
		{"an answer that arrives late, but within the grace", []flow.Flow{tried(t0), inbound(t0 + grace - 1), reply(tried(t0), t0)}, answered},
		{"an answer that arrives with the end of the grace", []flow.Flow{tried(t0), inbound(t0 + grace), reply(tried(t0), t0)}, failed},
		{"an answer of another port", []flow.Flow{tried(t0), with(reply(tried(t0), t0), func(f *flow.Flow) { f.DstPort++ })}, failed},
		{"an answer of another account", []flow.Flow{tried(t0), with(reply(tried(t0), t0), func(f *flow.Flow) { f.Account = "2" })}, failed},
		{
			"a rejected answer",
			[]flow.Flow{tried(t0), with(reply(tried(t0), t0), func(f *flow.Flow) { f.Action = flow.Reject })},
			failed,
		},
		{
			"RST without data is a refusal",
			[]flow.Flow{tried(t0), with(reply(tried(t0), t0), func(f *flow.Flow) { f.Flags, f.Packets, f.Bytes = rst|ack, 2, 120 })},
			failed,
		},
		{
			"RST after data is an answer",
			[]flow.Flow{tried(t0), with(reply(tried(t0), t0), func(f *flow.Flow) { f.Flags, f.Packets, f.Bytes = rst|ack, 2, 121 })},
			answered,
		},
		{
			"RST with FIN is an answer",
			[]flow.Flow{tried(t0), with(reply(tried(t0), t0), func(f *flow.Flow) { f.Flags, f.Packets, f.Bytes = rst|fin, 2, 120 })},
			answered,
		},
		{
			"a RST by IPv6 has up to 80 bytes",
			[]flow.Flow{
				with(tried(t0), v6),
				with(reply(with(tried(t0), v6), t0), func(f *flow.Flow) { f.Flags, f.Packets, f.Bytes = rst, 1, 80 }),
			},
			failed,
		},
		{
			"without flags, two small packets are a refusal",
			[]flow.Flow{
				with(tried(t0), noFlags),
				with(reply(tried(t0), t0), func(f *flow.Flow) { noFlags(f); f.Packets, f.Bytes = 2, 88 }),
			},
			failed,
		},
		{
			"without flags, larger packets are an answer",
			[]flow.Flow{
				with(tried(t0), noFlags),
				with(reply(tried(t0), t0), func(f *flow.Flow) { noFlags(f); f.Packets, f.Bytes = 2, 89 }),
			},
			answered,
		},
		{
			"without flags, three packets are an answer",
			[]flow.Flow{
				with(tried(t0), noFlags),
				with(reply(tried(t0), t0), func(f *flow.Flow) { noFlags(f); f.Packets, f.Bytes = 3, 120 }),
			},
			answered,
		},
		{"seven packets of 64 bytes are an attempt", []flow.Flow{with(tried(t0), func(f *flow.Flow) { f.Packets, f.Bytes = 7, 448 })}, failed},
		{"eight packets are none", []flow.Flow{with(tried(t0), func(f *flow.Flow) { f.Packets, f.Bytes = 8, 480 })}, AttemptStats{}},
		{"a packet of 65 bytes is none", []flow.Flow{with(tried(t0), func(f *flow.Flow) { f.Bytes = 65 })}, AttemptStats{}},
		{"a packet of 84 bytes by IPv6 is an attempt", []flow.Flow{with(with(tried(t0), v6), func(f *flow.Flow) { f.Bytes = 84 })}, failed},
		{"SYN with FIN is no attempt", []flow.Flow{with(tried(t0), func(f *flow.Flow) { f.Flags = syn | fin })}, AttemptStats{}},
		{
			"flags 0 where flags are logged are no attempt",
			[]flow.Flow{with(tried(t0), func(f *flow.Flow) { f.Flags = 0 })},
			AttemptStats{},
		},
		{"without flags it is an attempt", []flow.Flow{with(tried(t0), noFlags)}, failed},
		{"UDP is no attempt", []flow.Flow{with(tried(t0), func(f *flow.Flow) { f.Protocol, f.Flags = udp, 0 })}, AttemptStats{}},
		{"a flow without an action is no attempt", []flow.Flow{with(tried(t0), func(f *flow.Flow) { f.Action = flow.NoAction })}, AttemptStats{}},
		{"a second record within 120 s is the same attempt", []flow.Flow{tried(t0), tried(t0 + 120)}, failed},
		{"a second record after 121 s is another attempt", []flow.Flow{tried(t0), tried(t0 + 121)}, AttemptStats{Failed: 2}},
		{"an answer to the last record", []flow.Flow{tried(t0), tried(t0 + 120), reply(tried(t0), t0+240)}, answered},
		{"an answer after the last record", []flow.Flow{tried(t0), tried(t0 + 120), reply(tried(t0), t0+241)}, failed},
		{"an earlier record moves the attempt", []flow.Flow{tried(t0 + 120), tried(t0), reply(tried(t0), t0-120)}, answered},
		{
			"records in between join the earlier attempt",
			[]flow.Flow{tried(t0), tried(t0 + 130), tried(t0 + 60), reply(tried(t0), t0+181)},
			AttemptStats{Answered: 1, Failed: 1},
		},
		{"a late attempt does not count", []flow.Flow{inbound(t0 + 1801), tried(t0)}, AttemptStats{}},
		{
			"an attempt that arrives after its grace is judged at once",
			[]flow.Flow{inbound(t0 + grace), tried(t0)},
			failed,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newRecordingEngine(t, nil)
			w.feed(inbound(t0 - 3600))
			for _, f := range append(c.flows, end) {
				w.feed(f)
			}
			got := w.Stats().Attempts
			require.Zero(t, got.Waiting)
			got.Answers = 0
			require.Equal(t, c.want, got)
		})
	}
}

func TestRejectedAttemptIsJudgedAtOnceAndOnce(t *testing.T) {
	rejected := func(t int64) flow.Flow {
		f := tried(t)
		f.Action = flow.Reject
		return f
	}
	judged(t)
	w := newRecordingEngine(t, nil)
	w.feed(rejected(t0))
	require.Equal(t, AttemptStats{Failed: 1, Waiting: 1}, w.Stats().Attempts)
	w.feed(rejected(t0 + 60))
	w.feed(tried(t0 + 70))
	require.EqualValues(t, 1, w.Stats().Attempts.Failed)
	w.feed(tried(t0 + 300))
	require.EqualValues(t, 1, w.Stats().Attempts.Failed)
	w.feed(rejected(t0 + 310))
	require.EqualValues(t, 2, w.Stats().Attempts.Failed, "the second record of a waiting attempt is rejected")
	w.feed(passing(t0 + grace))
	require.Equal(t, 1, w.Stats().Attempts.Waiting, "the first one has left, without being judged again")
	require.EqualValues(t, 2, w.Stats().Attempts.Failed)
	w.feed(passing(t0 + 2*grace))
	require.Equal(t, AttemptStats{Failed: 2}, w.Stats().Attempts)
}

func TestOneWayLogsJudgeNothing(t *testing.T) {
	judged(t)
	for seen, want := range map[int64]AttemptStats{
		-3600: {Failed: 1},
		-3601: {NoAnswersSeen: 1},
	} {
		t.Run(fmt.Sprint(seen), func(t *testing.T) {
			w := newRecordingEngine(t, nil)
			w.feed(inbound(t0 + seen))
			w.feed(tried(t0))
			w.feed(passing(t0 + grace))
			got := w.Stats().Attempts
			got.Answers = 0
			require.Equal(t, want, got)
		})
	}
	w := newRecordingEngine(t, nil)
	f := tried(t0)
	f.Action = flow.Reject
	w.feed(f)
	require.EqualValues(t, 1, w.Stats().Attempts.Failed, "a rejected attempt needs no answers")
}

func TestGapInTheLogsDoesNotHideAnswers(t *testing.T) {
	judged(t)
	w := newRecordingEngine(t, nil)
	w.feed(tried(t0))
	w.feed(reply(tried(t0), t0))
	w.feed(inbound(t0 + 86400))
	require.Equal(t, AttemptStats{Answered: 1, Answers: 1}, w.Stats().Attempts)
}

func TestAttemptsAreBounded(t *testing.T) {
	judged(t)
	w := newRecordingEngine(t, func(cfg *Config) { cfg.MaxAttempts = 10 })
	w.feed(inbound(t0))
	for n := range int64(25) {
		f := tried(t0 + n)
		f.SrcPort += uint16(n)
		w.feed(f)
	}
	require.Equal(t, AttemptStats{Waiting: 10, Answers: 1, EvictedAttempts: 15}, w.Stats().Attempts)
	for n := range int64(25) {
		f := reply(tried(t0), t0+n)
		f.DstPort += uint16(100 + n)
		w.feed(f)
	}
	require.Equal(t, AttemptStats{Waiting: 10, Answers: 10, EvictedAttempts: 15, EvictedAnswers: 16}, w.Stats().Attempts)
	w.feed(inbound(t0 + grace + 200))
	require.EqualValues(t, 10, w.Stats().Attempts.AnswersEvicted, "an evicted answer may belong to these attempts")
}

func TestOnlyClassesThatRulesAskForAreKept(t *testing.T) {
	judged(t)
	w := newRecordingEngine(t, func(cfg *Config) {
		for id, set := range cfg.Rules {
			set.Enabled = false
			cfg.Rules[id] = set
		}
	})
	w.feed(tried(t0))
	w.feed(reply(tried(t0), t0))
	require.Zero(t, w.Stats().Attempts)
}

func TestAllowlistForAllRulesRemovesAttempts(t *testing.T) {
	judged(t)
	w := newRecordingEngine(t, func(cfg *Config) { cfg.Ignore = []Ignore{{Interface: []string{"eni-1"}}} })
	other := tried(t0)
	other.Interface, other.SrcPort = "eni-2", 2
	w.feed(tried(t0))
	w.feed(other)
	require.Equal(t, 1, w.Stats().Attempts.Waiting)
}

func TestAttemptsSurviveARestart(t *testing.T) {
	judged(t)
	for _, c := range []struct{ before, after int }{{1, 1}, {1, 4}, {4, 1}, {4, 3}} {
		t.Run(fmt.Sprintf("%d shards then %d", c.before, c.after), func(t *testing.T) {
			store := newMemoryStore()
			shards := func(n int) func(*Config) {
				return func(cfg *Config) { cfg.Shards = n }
			}
			w := store.restart(t, shards(c.before))
			w.feed(inbound(t0))
			for n := range 40 {
				f := tried(t0 + int64(n))
				f.SrcPort, f.DstPort = f.SrcPort+uint16(n), f.DstPort+uint16(n)
				w.feed(f)
				if n%2 == 0 {
					w.feed(reply(f, f.Time))
				}
				if n%7 == 0 {
					require.NoError(t, w.Save(store.write))
				}
			}
			w.feed(inbound(t0 + grace + 9))
			require.NoError(t, w.Save(store.write))
			judged := w.Stats().Attempts
			require.EqualValues(t, 10, judged.Answered+judged.Failed)
			w = store.restart(t, shards(c.after))
			require.Equal(t, AttemptStats{Waiting: judged.Waiting, Answers: judged.Answers}, w.Stats().Attempts)
			w.feed(inbound(t0 + 2*grace))
			got := w.Stats().Attempts
			require.EqualValues(t, 15, got.Answered)
			require.EqualValues(t, 15, got.Failed)
			require.NoError(t, w.Save(store.write))
			require.Zero(t, store.restart(t, shards(c.after)).Stats().Attempts.Waiting)
		})
	}
}

func TestEvictedAttemptsDoNotComeBack(t *testing.T) {
	judged(t)
	store := newMemoryStore()
	small := func(cfg *Config) { cfg.MaxAttempts = 5 }
	w := store.restart(t, small)
	for n := range int64(5) {
		f := tried(t0 + n)
		f.SrcPort += uint16(n)
		w.feed(f)
	}
	require.NoError(t, w.Save(store.write))
	for n := range int64(3) {
		f := tried(t0 + 10 + n)
		f.SrcPort += uint16(10 + n)
		w.feed(f)
	}
	early := tried(t0 + 1) // moves the attempt of t0+10 to another part of time
	early.SrcPort += 10
	w.feed(early)
	require.NoError(t, w.Save(store.write))
	w = store.restart(t, small)
	require.Equal(t, 5, w.Stats().Attempts.Waiting)
	w = store.restart(t, func(cfg *Config) { cfg.MaxAttempts = 3 })
	require.Equal(t, 3, w.Stats().Attempts.Waiting, "a lower max_attempts evicts the earliest")
}

func TestAttemptsOfEvictedScopesAreDropped(t *testing.T) {
	judged(t)
	w := newRecordingEngine(t, nil)
	w.feed(tried(t0))
	w.feed(reply(tried(t0), t0))
	for n := range maxScopes {
		other := passing(t0)
		other.Account = time.Duration(n).String()
		w.feed(other)
	}
	require.Zero(t, w.Stats().Attempts.Waiting+w.Stats().Attempts.Answers)
}

func TestAttemptsStayWithinTheBudget(t *testing.T) {
	judged(t)
	w := newRecordingEngine(t, func(cfg *Config) { cfg.MaxStateMiB, cfg.MaxAttempts = 4, 10_000_000 })
	for n := range 60_000 {
		f := tried(t0 + int64(n/1000))
		f.SrcPort = uint16(n)
		f.Src = netip.AddrFrom4([4]byte{10, byte(n >> 4), 0, 1})
		w.feed(f)
		f.Src = netip.AddrFrom4([4]byte{10, byte(n >> 4), 0, 2})
		w.feed(reply(f, f.Time))
	}
	stats := w.Stats()
	require.Positive(t, stats.Attempts.EvictedAttempts)
	require.Positive(t, stats.Attempts.EvictedAnswers)
	total := int64(0)
	for _, bytes := range stats.Memory {
		total += bytes
	}
	require.LessOrEqual(t, total, int64(5<<20))
	w.feed(inbound(t0 + grace + 60))
	require.Zero(t, w.Stats().Attempts.Waiting)
}
