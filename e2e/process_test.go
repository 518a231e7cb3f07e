// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// binary is the collector that make test builds before it runs the tests, relative to the root of the repository.
const binary = "_build/otelcol-vpcflow"

// binaryPath returns the absolute path of the built collector. Tests never build it: a build takes minutes.
func binaryPath(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(root(t), binary))
	require.NoError(t, err)
	require.FileExists(t, path, "the collector is not built: run make build, or make test, which builds it first")
	return path
}

// root returns the root of the repository, whether or not a test has changed to it.
func root(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat("builder-config.yaml"); err == nil {
		return "."
	}
	return ".."
}

// validate runs the collector's validate command and returns its output.
func validate(t *testing.T, uri string, env ...string) (string, error) {
	t.Helper()
	run := exec.CommandContext(t.Context(), binaryPath(t), "validate", "--config", uri)
	run.Dir = root(t)
	run.Env = append(os.Environ(), env...)
	output, err := run.CombinedOutput()
	return string(output), err
}

// process is a running collector.
type process struct {
	*exec.Cmd
	output lockedBuffer
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

// launch starts the built collector with a configuration and further arguments. It is killed when the test ends.
func launch(t *testing.T, config string, arguments ...string) *process {
	t.Helper()
	p := run(t, binaryPath(t), append([]string{"--config", "yaml:" + config}, arguments...)...)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(p.output.String())
		}
	})
	return p
}

// run starts a program and keeps its output. It is killed when the test ends.
func run(t *testing.T, name string, arguments ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.CommandContext(t.Context(), name, arguments...)}
	p.Stdout, p.Stderr = &p.output, &p.output
	p.Cancel = func() error { return p.Process.Signal(syscall.SIGKILL) }
	require.NoError(t, p.Start())
	return p
}

// interrupt sends SIGINT, as Ctrl-C does, and waits until the collector has ended without an error. It first waits for the
// end of the start, because the Collector handles signals only from then on.
func (p *process) interrupt(t *testing.T) {
	t.Helper()
	eventually(t, func() bool { return strings.Contains(p.output.String(), "Everything is ready.") })
	require.NoError(t, p.Process.Signal(os.Interrupt))
	ended := make(chan error, 1)
	go func() { ended <- p.Wait() }()
	select {
	case err := <-ended:
		require.NoError(t, err, p.output.String())
	case <-time.After(20 * time.Second):
		require.FailNow(t, "the collector does not end", p.output.String())
	}
}
