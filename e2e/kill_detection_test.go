// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

var kills = flag.Int("kills", 5, "number of times that TestKilledCollectorRepeatsNoFirstSeenAlert kills the collector")

const (
	// interval is the checkpoint interval: a kill loses at most the window contents of this time.
	interval = time.Second
	// slack is the time for the checkpoint itself on a busy machine.
	slack = time.Second
	// pairsPerChunk is the number of new pairs of hosts in each chunk of the input.
	pairsPerChunk = 20
	// backlog is the number of unread chunks when a collector is killed.
	backlog = 20
	// alertSize is an upper bound of the size of an alert in the file.
	alertSize = 1500
)

// input is a flow log that is written in chunks. Each chunk has new pairs of hosts, and one attempt of a sweep over ten
// chunks. Every third chunk has a new country.
type input struct {
	file      *os.File
	chunks    []time.Time // when each was written
	firstSeen []string    // expected alerts of new_internal_peer and unusual_country, in order
	countries []netip.Addr
}

func newInput(t *testing.T, path string) *input {
	t.Helper()
	file, err := os.Create(path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, file.Close()) })
	in, known := &input{file: file}, map[string]bool{"": true, "ZZ": true}
	for n := uint32(11 << 24); n < 200<<24; n += 7 << 16 { // addresses from all over the world
		addr := netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), 9, 9})
		if code := network.BuiltIn().Country(addr); !known[code] && n>>24 != 127 {
			known[code] = true
			in.countries = append(in.countries, addr)
		}
	}
	return in
}

// write writes a chunk and returns the number of first-seen alerts that the input must cause so far.
func (in *input) write(t *testing.T) int {
	t.Helper()
	chunk := len(in.chunks)
	var text strings.Builder
	line := func(src, dst string, action string) {
		at := 1736899200 + chunk
		fmt.Fprintf(&text, "2 123456789012 eni-0a1b2c3d4e5f60718 %s %s 50000 443 6 1 60 %d %d %s OK\n", src, dst, at, at, action)
	}
	line(sweeper(chunk/10), fmt.Sprintf("10.200.0.%d", 1+chunk%10), "REJECT")
	for n := range pairsPerChunk {
		src, dst := fmt.Sprintf("10.1.%d.%d", chunk/250, 1+chunk%250), fmt.Sprintf("10.2.0.%d", n+1)
		line(src, dst, "ACCEPT")
		in.firstSeen = append(in.firstSeen, "new_internal_peer "+src+" "+dst)
		line("10.1.0.1", fmt.Sprintf("10.2.0.%d", n+1), "ACCEPT")
		line("10.3.0.1", dst, "REJECT")
	}
	if n := chunk / 3; chunk%3 == 2 && n < len(in.countries) {
		line("10.4.0.1", in.countries[n].String(), "ACCEPT")
		in.firstSeen = append(in.firstSeen, "unusual_country "+network.BuiltIn().Country(in.countries[n]))
	}
	_, err := in.file.WriteString(text.String())
	require.NoError(t, err)
	in.chunks = append(in.chunks, time.Now()) //nolint:forbidigo // compared with the real time of a kill
	return len(in.firstSeen)
}

// sweeper returns the source of a sweep.
func sweeper(n int) string { return fmt.Sprintf("203.0.%d.%d", 113+n/250, 1+n%250) }

// alertsIn returns the alerts that a run has written so far. The last line of a killed collector may be incomplete.
func alertsIn(t *testing.T, path string) (firstSeen, sweeps []string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	require.NoError(t, err)
	for line := range bytes.Lines(text) {
		if !bytes.HasSuffix(line, []byte("\n")) {
			break
		}
		logs, err := new(plog.JSONUnmarshaler).UnmarshalLogs(line)
		require.NoError(t, err)
		for a, err := range alertotlp.All(logs) {
			require.NoError(t, err)
			switch a.Rule {
			case "new_internal_peer":
				firstSeen = append(firstSeen, fmt.Sprintf("%s %s %s", a.Rule, a.Source, a.Destination))
			case "unusual_country":
				firstSeen = append(firstSeen, a.Rule+" "+a.DestinationCountry)
			case "external_reject_sweep":
				sweeps = append(sweeps, a.Source.String())
			}
		}
	}
	return firstSeen, sweeps
}

func size(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

func launchWithCheckpoints(t *testing.T, logs, state, alerts string, shards int) *process {
	t.Helper()
	return launch(t, `
extensions: {file_storage: {directory: `+state+`}}
receivers:
  vpc_flow:
    files: {include: [`+logs+`/*.log], start_at: beginning, poll_interval: 10ms}
    max_batch_size: 10
    storage: file_storage
processors:
  vpc_detection:
    storage: file_storage
    checkpoint_interval: `+interval.String()+`
    shards: `+strconv.Itoa(shards)+`
    rules: {new_internal_peer: {learning_period: 0s}, unusual_country: {learning_period: 0s}}
exporters: {file: {path: `+alerts+`, flush_interval: 10ms}}
service:
  extensions: [file_storage]
  telemetry: {metrics: {level: none}}
  pipelines: {logs: {receivers: [vpc_flow], processors: [vpc_detection], exporters: [file]}}`)
}

// TestKilledCollectorRepeatsNoFirstSeenAlert kills the collector at random positions of its input and restarts it with
// another number of shards.
func TestKilledCollectorRepeatsNoFirstSeenAlert(t *testing.T) {
	random := rand.New(rand.NewPCG(uint64(*kills), 1))
	logs, state, dir := t.TempDir(), t.TempDir(), t.TempDir()
	in := newInput(t, filepath.Join(logs, "flows.log"))
	var reported, sweeps []string
	var cuts []int // number of first-seen alerts that had been reported at each kill
	var killed []time.Time
	for run := range *kills + 1 {
		path := filepath.Join(dir, fmt.Sprintf("alerts-%d.jsonl", run))
		collector := launchWithCheckpoints(t, logs, state, path, 1+run%4)
		isReported := func(key string) func() bool {
			return func() bool {
				firstSeen, _ := alertsIn(t, path)
				return slices.Contains(firstSeen, key)
			}
		}
		for range 20 + random.IntN(30) {
			want := in.write(t) - 1
			require.Eventually(t, isReported(in.firstSeen[want]), 30*time.Second, 5*time.Millisecond, "%s", &collector.output)
		}
		if run == *kills {
			collector.interrupt(t)
		} else {
			before := size(path)
			for range backlog { // enough to kill the collector while it is reading
				in.write(t)
			}
			upTo := before + random.Int64N(backlog*pairsPerChunk*alertSize)
			require.Eventually(t, func() bool { return size(path) >= upTo }, 30*time.Second, time.Millisecond, "%s", &collector.output)
			killed = append(killed, time.Now()) //nolint:forbidigo // see above
			require.NoError(t, collector.Process.Signal(syscall.SIGKILL))
			require.Error(t, collector.Wait())
		}
		firstSeen, swept := alertsIn(t, path)
		reported, sweeps = append(reported, firstSeen...), append(sweeps, swept...)
		cuts = append(cuts, 1+slices.Index(in.firstSeen, reported[len(reported)-1]))
		t.Logf("run %d reported %d of %d", run, cuts[run], len(in.firstSeen))
	}

	times := map[string]int{}
	for _, key := range reported {
		times[key]++
		assert.Equal(t, 1, times[key], "%s is reported again", key)
	}
	missing := 0
	for i, key := range in.firstSeen {
		if times[key] > 0 {
			continue
		}
		missing++
		after := i == 0 || times[in.firstSeen[i-1]] == 0 // the previous one is also missing
		assert.True(t, after || slices.Contains(cuts, i), "%s is missing, %d of %d: the kills were at %v", key, i, len(in.firstSeen), cuts)
	}
	assert.LessOrEqual(t, missing, *kills*backlog*(pairsPerChunk+1)/2, "more alerts are missing than were in progress")
	t.Logf("%d first-seen alerts; %d were lost in progress in %d kills", len(in.firstSeen), missing, *kills)

	lost := 0
	for n := range len(in.chunks) / 10 {
		if slices.Contains(sweeps, sweeper(n)) {
			continue
		}
		lost++
		explained := slices.ContainsFunc(killed, func(kill time.Time) bool {
			return slices.ContainsFunc(in.chunks[n*10:n*10+10], func(written time.Time) bool {
				return written.Before(kill) && kill.Sub(written) < interval+slack
			})
		})
		assert.True(t, explained, "sweep %d is missing, but no kill was near it", n)
	}
	t.Logf("%d sweeps; %d were lost in kills", len(in.chunks)/10, lost)
	assert.Less(t, lost, len(in.chunks)/10)
}
