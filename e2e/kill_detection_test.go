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

var kills = flag.Int("kills", 5, "how often TestAKilledCollectorTellsNothingNewTwice kills the collector")

const (
	// interval is how much of the windows a kill may cost.
	interval = time.Second
	// slack is for the checkpoint itself, and for a crowded machine.
	slack = time.Second
	// pairsPerChunk is how many new pairs each chunk of the input has, among many known ones.
	pairsPerChunk = 20
	// atOnce is how many chunks a collector has before it when it is killed.
	atOnce = 20
	// alertSize is not less than what an alert takes of the file.
	alertSize = 1500
)

// input is a flow log that grows chunk by chunk. Each chunk has new pairs, and one probe of a sweep that takes ten
// chunks. Every third has a country that was not there before.
type input struct {
	file      *os.File
	chunks    []time.Time // when each was written
	news      []string    // what is new, in its order: keys of rules 7 and 11
	countries []netip.Addr
}

func newInput(t *testing.T, path string) *input {
	t.Helper()
	file, err := os.Create(path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, file.Close()) })
	in, known := &input{file: file}, map[string]bool{"": true, "ZZ": true}
	for n := uint32(11 << 24); n < 200<<24; n += 7 << 16 { // addresses all over the world
		addr := netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), 9, 9})
		if code := network.BuiltIn().Country(addr); !known[code] && n>>24 != 127 {
			known[code] = true
			in.countries = append(in.countries, addr)
		}
	}
	return in
}

// write adds a chunk and returns how many new things the input has now.
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
		in.news = append(in.news, "new_internal_peer "+src+" "+dst)
		line("10.1.0.1", fmt.Sprintf("10.2.0.%d", n+1), "ACCEPT")
		line("10.3.0.1", dst, "REJECT")
	}
	if n := chunk / 3; chunk%3 == 2 && n < len(in.countries) {
		line("10.4.0.1", in.countries[n].String(), "ACCEPT")
		in.news = append(in.news, "unusual_country "+network.BuiltIn().Country(in.countries[n]))
	}
	_, err := in.file.WriteString(text.String())
	require.NoError(t, err)
	in.chunks = append(in.chunks, time.Now()) //nolint:forbidigo // a kill costs what came in a stretch of true time
	return len(in.news)
}

// sweeper is the source of a sweep.
func sweeper(n int) string { return fmt.Sprintf("203.0.%d.%d", 113+n/250, 1+n%250) }

// alertsIn reads what one run has told so far. The last line of a killed one may be cut off.
func alertsIn(t *testing.T, path string) (news, sweeps []string) {
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
				news = append(news, fmt.Sprintf("%s %s %s", a.Rule, a.Source, a.Destination))
			case "unusual_country":
				news = append(news, a.Rule+" "+a.DestinationCountry)
			case "external_reject_sweep":
				sweeps = append(sweeps, a.Source.String())
			}
		}
	}
	return news, sweeps
}

func size(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

func launchToBeKilled(t *testing.T, logs, state, alerts string) *live {
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
    rules: {new_internal_peer: {learning_period: 0s}, unusual_country: {learning_period: 0s}}
exporters: {file: {path: `+alerts+`, flush_interval: 10ms}}
service:
  extensions: [file_storage]
  telemetry: {metrics: {level: none}}
  pipelines: {logs: {receivers: [vpc_flow], processors: [vpc_detection], exporters: [file]}}`)
}

// TestAKilledCollectorTellsNothingNewTwice kills the collector at random places of its input, and starts it again.
func TestAKilledCollectorTellsNothingNewTwice(t *testing.T) {
	random := rand.New(rand.NewPCG(uint64(*kills), 1))
	logs, state, dir := t.TempDir(), t.TempDir(), t.TempDir()
	in := newInput(t, filepath.Join(logs, "flows.log"))
	var told, sweeps []string
	var cuts []int // how much of the input's news had been told when a collector was killed
	var killed []time.Time
	for run := range *kills + 1 {
		path := filepath.Join(dir, fmt.Sprintf("alerts-%d.jsonl", run))
		collector := launchToBeKilled(t, logs, state, path)
		came := func(key string) func() bool {
			return func() bool {
				news, _ := alertsIn(t, path)
				return slices.Contains(news, key)
			}
		}
		for range 20 + random.IntN(30) {
			want := in.write(t) - 1
			require.Eventually(t, came(in.news[want]), 30*time.Second, 5*time.Millisecond, "%s", &collector.said)
		}
		if run == *kills {
			collector.interrupt(t)
		} else {
			before := size(path)
			for range atOnce { // so much that it is killed in the middle of it
				in.write(t)
			}
			upTo := before + random.Int64N(atOnce*pairsPerChunk*alertSize)
			require.Eventually(t, func() bool { return size(path) >= upTo }, 30*time.Second, time.Millisecond, "%s", &collector.said)
			killed = append(killed, time.Now()) //nolint:forbidigo // see above
			require.NoError(t, collector.Process.Signal(syscall.SIGKILL))
			require.Error(t, collector.Wait())
		}
		news, swept := alertsIn(t, path)
		told, sweeps = append(told, news...), append(sweeps, swept...)
		cuts = append(cuts, 1+slices.Index(in.news, told[len(told)-1]))
		t.Logf("run %d told %d of %d", run, cuts[run], len(in.news))
	}

	times := map[string]int{}
	for _, key := range told {
		times[key]++
		assert.Equal(t, 1, times[key], "%s is told again", key)
	}
	missing := 0
	for i, key := range in.news {
		if times[key] > 0 {
			continue
		}
		missing++
		after := i == 0 || times[in.news[i-1]] == 0 // the one before is missing as well
		assert.True(t, after || slices.Contains(cuts, i), "%s is missing, %d of %d: the kills were at %v", key, i, len(in.news), cuts)
	}
	assert.LessOrEqual(t, missing, *kills*atOnce*(pairsPerChunk+1)/2, "more are missing than were on their way")
	t.Logf("%d new things, of which %d were on their way when the collector was killed %d times", len(in.news), missing, *kills)

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
		assert.True(t, explained, "sweep %d is missing, and no kill explains it", n)
	}
	t.Logf("%d sweeps, of which kills have cut %d", len(in.chunks)/10, lost)
	assert.Less(t, lost, len(in.chunks)/10)
}
