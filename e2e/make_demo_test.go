// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bufio"
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func TestMakeDemoPrintsEveryAlertAndEndsCleanly(t *testing.T) {
	t.Chdir("..")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	binaryPath(t) // fails if the collector is not built
	port, page := freePort(t), freePort(t)
	demo := exec.CommandContext(ctx, "make", "--old-file="+binary, "demo") // without building it again
	demo.Env = append(os.Environ(), "DEMO_PORT="+port, "DASHBOARD_PORT="+page)
	demo.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // like a terminal, send SIGINT to the whole group
	output, err := demo.StdoutPipe()
	require.NoError(t, err)
	var stderr bytes.Buffer
	demo.Stderr = &stderr
	require.NoError(t, demo.Start())
	want := len(expected(t))
	var lines []string
	shown := 0
	for scanner := bufio.NewScanner(output); scanner.Scan(); {
		if address, printed := strings.CutPrefix(scanner.Text(), "Metrics are at "); printed {
			require.Equal(t, "http://localhost:"+port+"/metrics", address)
		}
		if address, printed := strings.CutPrefix(scanner.Text(), "The dashboard is at "); printed {
			require.Equal(t, "http://localhost:"+page+"/", address)
		}
		if strings.HasPrefix(scanner.Text(), "2026-03-") {
			lines = append(lines, scanner.Text())
		}
		if strings.HasPrefix(scanner.Text(), "All alerts of the sample logs have been shown.") {
			shown = len(lines)
		}
		if shown == want {
			want = -1
			require.Contains(t, metrics(t, port), `vpc_flow_alerts{rule="unusual_country"`)
			require.Eventually(t, func() bool {
				var shown struct{ Total int }
				return get(t, "http://localhost:"+page+"/api/alerts", &shown) == http.StatusOK && shown.Total == demoEpisodes(t)
			}, 30*time.Second, 50*time.Millisecond, "the page shows each episode once")
			require.NoError(t, syscall.Kill(-demo.Process.Pid, syscall.SIGINT))
		}
	}
	// Make ends by the signal and prints nothing. It would print an error of the collector.
	var ended *exec.ExitError
	require.ErrorAs(t, demo.Wait(), &ended)
	require.Equal(t, syscall.SIGINT, ended.Sys().(syscall.WaitStatus).Signal())
	require.Empty(t, stderr.String())
	require.Len(t, lines, len(expected(t)))
	require.Contains(t, lines[len(lines)-1], "attack_sequence")
	for i, a := range expected(t) {
		assert.Contains(t, lines[i], strings.NewReplacer("T", " ", "Z", "").Replace(a.Time))
		if a.Status == string(alert.Resolved) {
			assert.Contains(t, lines[i], "RESOLVED")
		} else {
			assert.Contains(t, lines[i], strings.ToUpper(a.Severity))
		}
		assert.Contains(t, lines[i], a.Rule)
		assert.Contains(t, lines[i], a.Sentence)
	}
	written, err := os.ReadFile("_build/demo/alerts.jsonl")
	require.NoError(t, err)
	require.Equal(t, len(lines), strings.Count(string(written), `"vpc_flow.alert.status"`))
}
