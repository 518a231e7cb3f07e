// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

//go:build unix

// Package kafkatest runs an Apache Kafka of one broker for tests.
package kafkatest

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Broker is a running Apache Kafka, which keeps its data over restarts. Topics are not created automatically.
type Broker struct {
	// Address is where clients connect, such as 127.0.0.1:9092.
	Address string

	t                        testing.TB
	port, controller, folder string
	process                  *exec.Cmd
	output                   *lockedBuffer
}

// startTime is how long a broker may take to start on a slow machine.
const startTime = 2 * time.Minute

// RequireInstalled skips the test without Apache Kafka or Java, unless CI is set.
func RequireInstalled(t testing.TB) {
	t.Helper()
	installed, _ := filepath.Glob(filepath.Join(root(), "_build/kafka/lib/kafka_2.13-*.jar"))
	_, err := exec.LookPath("java")
	if (len(installed) == 0 || err != nil) && os.Getenv("CI") == "" {
		t.Skip("Apache Kafka is not installed: run make kafka")
	}
}

// Start starts a broker, which ends with the test. Without Apache Kafka or Java, it skips the test, or fails if CI is set.
func Start(t testing.TB) *Broker {
	t.Helper()
	RequireInstalled(t)
	b := &Broker{t: t, port: freePort(t), controller: freePort(t), folder: t.TempDir(), output: new(lockedBuffer)}
	b.Address = net.JoinHostPort("127.0.0.1", b.port)
	t.Cleanup(func() {
		b.Kill()
		if t.Failed() {
			t.Log(b.output.String())
		}
	})
	b.Restart()
	return b
}

// Restart starts a broker that was killed, and waits until it answers.
func (b *Broker) Restart() {
	b.t.Helper()
	script := filepath.Join(root(), "tools/kafka/broker.sh")
	b.process = exec.CommandContext(b.t.Context(), script, b.port, b.controller, b.folder) //nolint:gosec // of this repository
	b.process.Stdout, b.process.Stderr = b.output, b.output
	require.NoError(b.t, b.process.Start())
	client, err := kgo.NewClient(kgo.SeedBrokers(b.Address))
	require.NoError(b.t, err)
	defer client.Close()
	require.Eventually(b.t, func() bool { return client.Ping(b.t.Context()) == nil }, startTime, 100*time.Millisecond, "the broker starts")
}

// Kill ends the broker at once.
func (b *Broker) Kill() {
	if b.process != nil {
		_ = b.process.Process.Kill()
		_ = b.process.Wait()
		b.process = nil
	}
}

// PID returns the id of the broker's process.
func (b *Broker) PID() int { return b.process.Process.Pid }

// Pause makes the broker stop answering, until Resume.
func (b *Broker) Pause() { require.NoError(b.t, b.process.Process.Signal(syscall.SIGSTOP)) }

// Resume continues a broker after Pause.
func (b *Broker) Resume() { require.NoError(b.t, b.process.Process.Signal(syscall.SIGCONT)) }

// CreateTopics creates the topics of deploy/kafka/topics.sh, with one replica.
func (b *Broker) CreateTopics(partitions int) {
	b.t.Helper()
	create := exec.CommandContext(b.t.Context(), filepath.Join(root(), "deploy/kafka/topics.sh")) //nolint:gosec // of this repository
	create.Env = append(os.Environ(), "KAFKA_BROKER="+b.Address, "PARTITIONS="+strconv.Itoa(partitions), "REPLICAS=1",
		"KAFKA_TOPICS=java -cp "+filepath.Join(root(), "_build/kafka/lib/*")+" org.apache.kafka.tools.TopicCommand")
	output, err := create.CombinedOutput()
	require.NoError(b.t, err, string(output))
}

// root returns the root of the repository.
func root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "../..")
}

func freePort(t testing.TB) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	return port
}

// lockedBuffer is a buffer that may be read while a process writes to it.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

// Write appends to the buffer.
func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

// String returns what has been written so far.
func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
