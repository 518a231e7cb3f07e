// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

//go:build unix

package e2e

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/kafkatest"
)

// startDemoKafka builds the program of make demo-kafka and starts it in the root of the repository.
func startDemoKafka(t *testing.T, arguments ...string) *process {
	t.Helper()
	kafkatest.RequireInstalled(t)
	program := filepath.Join(t.TempDir(), "demokafka")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./demokafka")
	output, err := build.CombinedOutput()
	require.NoError(t, err, string(output))
	t.Setenv("DASHBOARD_PORT", freePort(t))
	t.Chdir(root(t))
	return run(t, program, append([]string{"-once", "-collector", binaryPath(t), "-folder", t.TempDir()}, arguments...)...)
}

func TestDemoOverKafkaHasTheAlertsOfTheDemo(t *testing.T) {
	p := startDemoKafka(t)
	require.NoError(t, p.Wait(), p.output.String())
	require.Regexp(t, `3 detectors have given the same \d+ alerts as make demo, with the same ids\. One of them was killed\.`, p.output.String())
}

func TestDemoOverKafkaEndsIfTheBrokerDoesNotStart(t *testing.T) {
	t.Setenv("KAFKA_HEAP", "1k") // Java refuses it.
	p := startDemoKafka(t, "-timeout", time.Hour.String())
	require.Error(t, p.Wait())
	require.Contains(t, p.output.String(), "demo-kafka: start Kafka: the broker has ended; its output is above")
}
