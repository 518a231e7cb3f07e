// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

//go:build unix

package e2e

import (
	"bufio"
	"flag"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/vpcflow/otelcol-vpcflow/internal/kafkatest"
)

var kafkaSpeed = flag.Bool("kafka-speed", false, "whether TestKafkaSpeed measures reader and detector; it needs taskset and two free cores")

// speedRecords is the number of records that TestKafkaSpeed sends.
const speedRecords = 1_000_000

// TestKafkaSpeed measures the records per second of a reader and a detector, and the bytes per record in Kafka. Alone, the
// collector has one core and the broker the other. Together, all three share both cores.
func TestKafkaSpeed(t *testing.T) {
	if !*kafkaSpeed {
		t.Skip("run it on a quiet machine with -kafka-speed")
	}
	file := generateFlows(t)
	for _, emit := range []string{"attributes", "lines"} {
		t.Run(emit, func(t *testing.T) {
			broker := kafkatest.Start(t)
			broker.CreateTopics(4)
			pin(t, broker.PID(), "0")
			t.Logf("reader alone: %.0f records/s", startReaderOf(t, broker.Address, file, emit, "1").speed(t))
			bytes := topicBytes(t, broker.Address, "vpc-flow-logs")
			t.Logf("%.1f bytes per record in Kafka", float64(bytes)/speedRecords)
			detector := startDetector(t, broker.Address, "alone", "1").speed(t)
			t.Logf("detector alone: %.0f records/s", detector)
			if emit == "lines" {
				require.GreaterOrEqual(t, detector, 300_000.0, "docs/scaling.md promises it")
			}
		})
		t.Run(emit+" together", func(t *testing.T) {
			broker := kafkatest.Start(t)
			broker.CreateTopics(4)
			reader := startReaderOf(t, broker.Address, file, emit, "0,1")
			t.Logf("reader and detector together: %.0f records/s", startDetector(t, broker.Address, "together", "0,1").speed(t))
			reader.speed(t)
		})
	}
}

// generateFlows writes a file with speedRecords flows of several accounts.
func generateFlows(t *testing.T) string {
	t.Helper()
	out := t.TempDir()
	flowgen := exec.CommandContext(t.Context(), "go", "run", "./cmd/flowgen", "-out", out, "-records", strconv.Itoa(speedRecords), "-version", "2", "-single")
	flowgen.Dir = root(t)
	output, err := flowgen.CombinedOutput()
	require.NoError(t, err, string(output))
	found, err := filepath.Glob(filepath.Join(out, "AWSLogs", "*", "*", "*", "*", "*", "*", "*.log.gz"))
	require.NoError(t, err)
	require.Len(t, found, 1)
	return found[0]
}

// pin lets a process run on these cores only.
func pin(t *testing.T, pid int, cores string) {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), "taskset", "-a", "-cp", cores, strconv.Itoa(pid)).CombinedOutput()
	require.NoError(t, err, string(output))
}

// measured is a running collector and the metrics that count its records.
type measured struct {
	*process
	port  string
	names []string
	begin time.Time
}

// startReaderOf starts config/reader.yaml on these cores. It reads a file instead of S3.
func startReaderOf(t *testing.T, broker, file, emit, cores string) *measured {
	t.Helper()
	config := strings.NewReplacer(
		`s3: {sqs_queue_url: "${env:SQS_QUEUE_URL}"}`, "files: {include: ['"+file+"'], start_at: beginning}",
		"emit: lines", "emit: "+emit,
		"${env:KAFKA_BROKER}", broker, "${env:READER}", "reader",
	).Replace(read(t, "config/reader.yaml"))
	return startMeasured(t, config, cores, "otelcol_exporter_sent_log_records")
}

// startDetector starts config/detector.yaml on these cores.
func startDetector(t *testing.T, broker, group, cores string) *measured {
	t.Helper()
	config := strings.NewReplacer("${env:KAFKA_BROKER}", broker, "${env:DETECTOR}", group, "vpc-flow-detectors", group).Replace(read(t, "config/detector.yaml"))
	return startMeasured(t, config, cores, "vpc_flow_flows", "vpc_flow_skipped")
}

func startMeasured(t *testing.T, config, cores string, names ...string) *measured {
	t.Helper()
	port := freePort(t)
	return &measured{
		process: run(t, "taskset", "-c", cores, binaryPath(t), "--config", "yaml:"+config, "--config",
			"yaml:service::telemetry::metrics::readers: [{pull: {exporter: {prometheus: {host: localhost, port: "+port+"}}}}]"),
		port: port, names: names,
	}
}

// speed waits until the sum of the metrics is speedRecords, and ends the collector. It returns the records per second from the
// first one on.
func (m *measured) speed(t *testing.T) float64 {
	t.Helper()
	for end := time.Now().Add(5 * time.Minute); ; <-time.After(100 * time.Millisecond) { //nolint:forbidigo // It measures time.
		done := sumOf(metricsIfAny(t, m.port), m.names)
		switch {
		case done >= speedRecords:
			took := time.Since(m.begin) //nolint:forbidigo // see above
			m.interrupt(t)
			return speedRecords / took.Seconds()
		case time.Now().After(end): //nolint:forbidigo // see above
			require.FailNow(t, "too slow", "%d records\n%s", done, m.output.String())
		case done == 0:
			m.begin = time.Now() //nolint:forbidigo // see above
		}
	}
}

// metricsIfAny returns the metrics, or "" if the collector is not ready.
func metricsIfAny(t *testing.T, port string) string {
	t.Helper()
	output, _ := exec.CommandContext(t.Context(), "curl", "--silent", "http://localhost:"+port+"/metrics").Output()
	return string(output)
}

// sumOf returns the sum of the series whose names begin with one of these.
func sumOf(text string, names []string) (sum int) {
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		for _, name := range names {
			if strings.HasPrefix(lines.Text(), name) {
				n, _ := strconv.ParseFloat(lines.Text()[strings.LastIndexByte(lines.Text(), ' ')+1:], 64)
				sum += int(n)
			}
		}
	}
	return sum
}

// topicBytes returns the size of a topic on disk.
func topicBytes(t *testing.T, broker, topic string) (size int64) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(broker))
	require.NoError(t, err)
	defer client.Close()
	all, err := kadm.NewClient(client).DescribeAllLogDirs(t.Context(), nil)
	require.NoError(t, err)
	all.Each(func(d kadm.DescribedLogDir) {
		d.Topics.Each(func(p kadm.DescribedLogDirPartition) {
			if p.Topic == topic {
				size += p.Size
			}
		})
	})
	return size
}
