// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
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

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

var kills = flag.Int("kills", 5, "number of times that TestKilledCollectorGivesTheAlertsOfAnUndisturbedRun kills the collector")

const (
	// interval is the checkpoint interval.
	interval = time.Second
	// pairsPerChunk is the number of new pairs of hosts in each chunk of the input.
	pairsPerChunk = 20
	// backlog is the number of unread chunks when a collector is killed.
	backlog = 20
	// alertSize is an upper bound of the size of an alert in the file.
	alertSize = 1500
	// lastHost is the source of the last flow, which alerts.
	lastHost = "10.9.9.9"
)

// input is a flow log that is written in chunks. Each chunk has new pairs of hosts, and one attempt of a sweep over ten
// chunks. Every third chunk has a new country. The sweeps of the beginning are resolved at the end.
type input struct {
	file      *os.File
	chunks    int
	firstSeen int // alerts of new_internal_peer and unusual_country that the input must cause
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
	chunk := in.chunks
	var text strings.Builder
	line := func(src, dst string, action string) { text.WriteString(flowLine(chunk, src, dst, 443, action)) }
	line(sweeper(chunk/10), fmt.Sprintf("10.200.0.%d", 1+chunk%10), "REJECT")
	for n := range pairsPerChunk {
		src, dst := fmt.Sprintf("10.1.%d.%d", chunk/250, 1+chunk%250), fmt.Sprintf("10.2.0.%d", n+1)
		line(src, dst, "ACCEPT")
		line("10.1.0.1", fmt.Sprintf("10.2.0.%d", n+1), "ACCEPT")
		line("10.3.0.1", dst, "REJECT")
	}
	in.firstSeen += pairsPerChunk
	if n := chunk / 3; chunk%3 == 2 && n < len(in.countries) {
		line("10.4.0.1", in.countries[n].String(), "ACCEPT")
		in.firstSeen++
	}
	_, err := in.file.WriteString(text.String())
	require.NoError(t, err)
	in.chunks++
	return in.firstSeen
}

// end writes a flow that is so much later that all episodes end, and one that alerts.
func (in *input) end(t *testing.T) {
	t.Helper()
	_, err := in.file.WriteString(flowLine(200_000, "10.3.0.1", "10.2.0.1", 443, "ACCEPT") + flowLine(200_000, lastHost, "8.8.8.8", 53, "ACCEPT"))
	require.NoError(t, err)
}

// flowLine returns a flow that many seconds after the beginning.
func flowLine(after int, src, dst string, port int, action string) string {
	at := 1736899200 + after
	return fmt.Sprintf("2 123456789012 eni-0a1b2c3d4e5f60718 %s %s 50000 %d 6 1 60 %d %d %s OK\n", src, dst, port, at, at, action)
}

// sweeper returns the source of a sweep.
func sweeper(n int) string { return fmt.Sprintf("203.0.%d.%d", 113+n/250, 1+n%250) }

// reported are the alerts that runs have written, by uid and status.
type reported map[string]*alert.Alert

// add adds the alerts that a run has written so far. The last line of a killed collector may be incomplete.
func (r reported) add(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return
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
			r[fmt.Sprintf("%s %s %s %s", a.UID, a.Status, a.Rule, a.Source)] = a
		}
	}
}

// firstSeen returns the number of alerts of first-seen rules, except for the last flow.
func (r reported) firstSeen() (n int) {
	for _, a := range r {
		if (a.Rule == "new_internal_peer" || a.Rule == "unusual_country") && a.Source.String() != lastHost {
			n++
		}
	}
	return n
}

// isComplete reports whether the alert of the last flow was written.
func (r reported) isComplete() bool {
	for _, a := range r {
		if a.Rule == "dns_not_over_udp" && a.Source.String() == lastHost {
			return true
		}
	}
	return false
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
exporters: {file: {path: `+alerts+`, rotation: {max_megabytes: 1000}}} # writes without a buffer
service:
  extensions: [file_storage]
  telemetry: {metrics: {level: none}}
  pipelines: {logs: {receivers: [vpc_flow], processors: [vpc_detection], exporters: [file]}}`)
}

// TestKilledCollectorGivesTheAlertsOfAnUndisturbedRun kills the collector at random positions of its input and restarts it
// with another number of shards. An alert may be written twice, with the same uid.
func TestKilledCollectorGivesTheAlertsOfAnUndisturbedRun(t *testing.T) {
	random := rand.New(rand.NewPCG(uint64(*kills), 1))
	logs, state, dir := t.TempDir(), t.TempDir(), t.TempDir()
	in := newInput(t, filepath.Join(logs, "flows.log"))
	got := reported{}
	for run := range *kills + 1 {
		path := filepath.Join(dir, fmt.Sprintf("alerts-%d.jsonl", run))
		collector := launchWithCheckpoints(t, logs, state, path, 1+run%4)
		for range 20 + random.IntN(30) {
			want := in.write(t)
			require.Eventually(t, func() bool {
				got.add(t, path)
				return got.firstSeen() >= want
			}, 30*time.Second, 5*time.Millisecond, "%s", &collector.output)
			require.Equal(t, want, got.firstSeen(), "no pair and no country alerts as new under another uid")
		}
		if run == *kills {
			in.end(t)
			require.Eventually(t, func() bool { got.add(t, path); return got.isComplete() }, 30*time.Second, 5*time.Millisecond, "%s", &collector.output)
			collector.interrupt(t)
		} else {
			before := size(path)
			for range backlog { // enough to kill the collector while it is reading
				in.write(t)
			}
			upTo := before + random.Int64N(backlog*pairsPerChunk*alertSize)
			require.Eventually(t, func() bool { return size(path) >= upTo }, 30*time.Second, time.Millisecond, "%s", &collector.output)
			require.NoError(t, collector.Process.Signal(syscall.SIGKILL))
			require.Error(t, collector.Wait())
		}
		got.add(t, path)
		t.Logf("run %d: %d alerts so far", run, len(got))
	}

	want, path := reported{}, filepath.Join(dir, "undisturbed.jsonl")
	collector := launchWithCheckpoints(t, logs, t.TempDir(), path, 2)
	require.Eventually(t, func() bool { want.add(t, path); return want.isComplete() }, 30*time.Second, 5*time.Millisecond, "%s", &collector.output)
	collector.interrupt(t)
	want.add(t, path)
	require.Equal(t, slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got)))
	sweeps := 0
	for _, a := range want {
		if a.Rule == "external_reject_sweep" {
			sweeps++
		}
	}
	require.GreaterOrEqual(t, sweeps, 2*(in.chunks/10-1), "opened and resolved")
	t.Logf("%d alerts, %d of them of sweeps, after %d kills", len(want), sweeps, *kills)
}
