// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// rig has the input, the state and the destinations of a collector.
type rig struct {
	t      *testing.T
	input  *tortureInput
	random *rand.Rand
	logs   string
	// disk is where the state is stored. limit bounds the size of its files; zero means no limit.
	disk         *disk
	sink         *alertSink
	destinations map[string]string
	buckets      *buckets
	queue        *queue // nil if there is no emulator
	port         string
	// collector is the last one that was started.
	collector *process
	ended     chan struct{}
	fed       sync.WaitGroup
}

func newRig(t *testing.T, input *tortureInput, seed uint64, small bool) *rig {
	t.Helper()
	r := &rig{
		t: t, input: input, random: rand.New(rand.NewPCG(seed, 1)), logs: t.TempDir(), disk: newDisk(t, small),
		sink: newAlertSink(t), destinations: hostileDestinations(t), buckets: newBuckets(t), port: freePort(t),
	}
	if input.aws != "" {
		r.queue = newQueue(t, input.aws, filepath.Base(filepath.Dir(r.logs)))
	}
	return r
}

// start starts the collector.
func (r *rig) start() {
	r.t.Helper()
	receivers, queued := "vpc_flow/files, vpc_flow/s3, vpc_flow/firehose", ""
	if r.queue != nil {
		receivers += ", vpc_flow/queue"
		queued = `  vpc_flow/queue:
    s3: {sqs_queue_url: "` + r.queue.url + `", endpoint: "` + r.buckets.address + `", force_path_style: true, region: eu-west-1, visibility_timeout: 10s}
    storage: file_storage
`
	}
	config := `
extensions: {file_storage: {directory: ` + r.disk.path + `}}
receivers:
  vpc_flow/files:
    files: {include: [` + r.logs + `/*.log*], poll_interval: 20ms}
    storage: file_storage
  vpc_flow/s3:
    s3: {bucket: ` + tortureBucket + `, endpoint: "` + r.buckets.address + `", force_path_style: true, region: eu-west-1, follow: true, poll_interval: 1s}
    storage: file_storage
  vpc_flow/firehose:
    firehose: {endpoint: "localhost:` + r.port + `"}
    storage: file_storage
` + queued + `processors:
  vpc_detection:
    storage: file_storage
    checkpoint_interval: 1s
    shards: ` + fmt.Sprint(1+r.random.IntN(4)) + `
    rules: {new_internal_peer: {learning_period: 0s}}
exporters:
  otlp_http:
    endpoint: ` + r.sink.server.URL + `
    encoding: json
    compression: none
    sending_queue: {enabled: false}
    retry_on_failure: {initial_interval: 20ms, max_interval: 500ms, max_elapsed_time: 0s}
`
	exporters := "otlp_http"
	for name, address := range r.destinations {
		config += `  alert_notifier/` + name + `: {storage: file_storage, group_wait: 0s, webhook_configs: [{url: "` + address + `"}]}` + "\n"
		exporters += ", alert_notifier/" + name
	}
	config += `
service:
  extensions: [file_storage]
  telemetry: {metrics: {level: none}}
  pipelines: {logs: {receivers: [` + receivers + `], processors: [vpc_detection], exporters: [` + exporters + `]}}`
	arguments := []string{binaryPath(r.t), "--config", "yaml:" + config}
	if r.disk.limit > 0 {
		arguments = append([]string{"bash", "-c", fmt.Sprintf(`ulimit -f %d; exec "$@"`, r.disk.limit), "bash"}, arguments...)
	}
	r.collector, r.ended = run(r.t, arguments[0], arguments[1:]...), make(chan struct{})
	go func() {
		defer close(r.ended)
		_ = r.collector.Wait() // A killed collector returns an error.
	}()
}

// stop sends a signal and waits until the collector has ended. It returns an error if that takes too long, or if the collector
// has ended before although its disk was not full.
func (r *rig) stop(signal syscall.Signal) error {
	r.t.Helper()
	select {
	case <-r.ended:
		if !r.disk.wasFull {
			return errors.New("the collector has ended by itself")
		}
	default:
		_ = r.collector.Process.Signal(signal) // It may have just ended.
	}
	select {
	case <-r.ended:
		return nil
	case <-time.After(20 * time.Second):
		_ = r.collector.Process.Signal(syscall.SIGQUIT) // It logs its goroutines.
		<-r.ended
		return fmt.Errorf("the collector does not end 20 s after %s", signal)
	}
}

// awaitInput waits until all input was written and all requests were accepted.
func (r *rig) awaitInput() error {
	fed := make(chan struct{})
	go func() {
		defer close(fed)
		r.fed.Wait()
	}()
	select {
	case <-fed:
		return nil
	case <-r.ended:
		return errors.New("the collector has ended by itself")
	case <-time.After(tortureWait):
		return errors.New("the input is not accepted")
	}
}

// tortureWait is how long the harness waits for input to be accepted and for alerts. It is long because the queue hides a
// message again each time a long poll of a killed collector takes it.
const tortureWait = 3 * time.Minute

// awaitOpened waits until there are alerts of these sources.
func (r *rig) awaitOpened(sources []string) {
	r.t.Helper()
	if !assert.Eventually(r.t, func() bool { return len(r.sink.notOpened(sources)) == 0 }, tortureWait, 50*time.Millisecond) {
		r.t.Fatalf("no alert of %s\n%s", r.sink.notOpened(sources), r.tail())
	}
}

// tail returns the end of the output of the collector.
func (r *rig) tail() string {
	output := r.collector.output.String()
	return output[max(0, len(output)-3000):]
}

// awaitAlerts waits until the sink has all these alerts. It returns what is missing after tortureWait.
func (r *rig) awaitAlerts(want map[string]string) string {
	for end := time.Now().Add(tortureWait); ; { //nolint:forbidigo // The collector runs in real time.
		got, _ := r.sink.snapshot()
		missing := difference(want, got)
		if !strings.Contains(missing, "missing") || time.Now().After(end) { //nolint:forbidigo // see above
			return missing
		}
		<-time.After(50 * time.Millisecond)
	}
}

// disk is a folder for the state of a collector.
type disk struct {
	t    *testing.T
	path string
	// isSmall means that fill leaves no space. limit is used instead where no file system can be mounted, in KiB.
	isSmall bool
	limit   int
	// wasFull means that the disk was full since the collector was started.
	wasFull bool
}

func newDisk(t *testing.T, small bool) *disk {
	t.Helper()
	d := &disk{t: t, path: t.TempDir()}
	if !small {
		return d
	}
	mount := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", d.path)
	if output, err := mount.CombinedOutput(); err != nil {
		t.Logf("no file system can be mounted, so the sizes of files are limited instead: %v: %s", err, output)
		d.limit, d.wasFull = 64, true
		return d
	}
	d.isSmall = true
	t.Cleanup(func() { _ = exec.Command("umount", d.path).Run() }) //nolint:noctx // The context of the test has ended.
	return d
}

func (d *disk) filler() string { return filepath.Join(d.path, "filler") }

// fill leaves no space on a small disk.
func (d *disk) fill() {
	if !d.isSmall {
		return
	}
	d.wasFull = true
	f, err := os.Create(d.filler())
	require.NoError(d.t, err)
	for block := make([]byte, 64<<10); err == nil; {
		_, err = f.Write(block)
	}
	_ = f.Close() // It is full.
}

// free makes space again.
func (d *disk) free() {
	d.limit, d.wasFull = 0, false
	_ = os.Remove(d.filler()) // It may not exist.
}
