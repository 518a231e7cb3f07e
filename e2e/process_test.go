// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// collector is the path of the built collector, which make test builds first.
func collector(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../_build/otelcol-vpcflow")
	require.NoError(t, err)
	require.FileExists(t, path, "run make build first, as make test does")
	return path
}

// validate has the collector look at a configuration and returns what it says of it.
func validate(t *testing.T, uri string, env ...string) (string, error) {
	t.Helper()
	run := exec.CommandContext(t.Context(), collector(t), "validate", "--config", uri)
	run.Dir = ".."
	run.Env = append(os.Environ(), env...)
	said, err := run.CombinedOutput()
	return string(said), err
}

func TestEachSampleConfigurationIsValid(t *testing.T) {
	configs, err := filepath.Glob("../config/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, configs)
	for _, config := range configs {
		t.Run(filepath.Base(config), func(t *testing.T) {
			said, err := validate(t, "config/"+filepath.Base(config),
				"OTLP_ENDPOINT=https://otlp.example.com", "KAFKA_BROKER=kafka:9092", "STATE_DIR="+t.TempDir(),
				"ALERTS_ENDPOINT=alerts.example.com:4317", "FLOWS_ENDPOINT=https://flows.example.com", "OTLP_TOKEN=secret", "ABUSEIPDB_KEY=secret",
				"DETECTORS=[a:4317, b:4317]", "REMOTE_WRITE_URL=http://prometheus:9090/api/v1/write",
				"SLACK_WEBHOOK_URL=https://hooks.slack.com/services/T0/B0/x", "PAGERDUTY_ROUTING_KEY=secret", "ALERTMANAGER_URL=http://alertmanager:9093",
				"BUCKET=flow-logs", "START_TIME=2026-03-01T00:00:00Z", "END_TIME=2026-04-01T00:00:00Z",
				"FIREHOSE_KEY=secret", "TLS_CERT=server.crt", "TLS_KEY=server.key",
				"SQS_QUEUE_URL=https://sqs.eu-west-1.amazonaws.com/123456789012/flow-logs")
			require.NoError(t, err, said)
		})
	}
}

func TestAMistakeInTheConfigurationIsNamedByItsKey(t *testing.T) {
	for _, c := range []struct{ name, receiver, processor, want string }{
		{"no source", "{}", "", "no source is configured"},
		{"an unknown option of the receiver", "{files: {include: [x]}, fils: 1}", "", "fils"},
		{"a format that is none", "{files: {include: [x]}, format: v2}", "", `format: unknown value "v2"`},
		{"an unknown rule", "", "{rules: {port_scan: {}}}", "rules::port_scan"},
		{"a setting that a rule does not have", "", "{rules: {unusual_country: {window: 5m}}}", "rules::unusual_country::window"},
		{"a threshold below one", "", "{rules: {external_port_scan: {threshold: 0}}}", "rules::external_port_scan::threshold: 0"},
		{"a window without its unit", "", "{rules: {external_port_scan: {window: 600}}}", "rules::external_port_scan::window"},
		{"an entry that would ignore everything", "", "{ignore: [{reason: because}]}", "ignore[0]"},
		{"an address that is none", "", "{ignore: [{source: 10.0.0.256}]}", `ignore[0]::source`},
	} {
		t.Run(c.name, func(t *testing.T) {
			receiver, processor := c.receiver, c.processor
			if receiver == "" {
				receiver = "{files: {include: [x]}}"
			}
			said, err := validate(t, "yaml:"+`
receivers: {vpc_flow: `+receiver+`}
processors: {vpc_detection: `+processor+`}
exporters: {nop: }
service: {pipelines: {logs: {receivers: [vpc_flow], processors: [vpc_detection], exporters: [nop]}}}`)
			require.Error(t, err, said)
			assert.Contains(t, said, c.want)
		})
	}
}

// live is a built collector that runs.
type live struct {
	*exec.Cmd
	said bytes.Buffer
}

// launch starts the collector, with what more is said to it.
func launch(t *testing.T, config string, arguments ...string) *live {
	t.Helper()
	l := &live{Cmd: exec.CommandContext(t.Context(), collector(t), append([]string{"--config", "yaml:" + config}, arguments...)...)}
	l.Stdout, l.Stderr = &l.said, &l.said
	l.Cancel = func() error { return l.Process.Signal(syscall.SIGKILL) }
	require.NoError(t, l.Start())
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(l.said.String())
		}
	})
	return l
}

// run starts the collector on a folder of flow logs, with what it remembers and what it tells in other folders.
func run(t *testing.T, logs, state, alerts string) *live {
	t.Helper()
	return launch(t, `
extensions: {file_storage: {directory: `+state+`}}
receivers: {vpc_flow: {files: {include: [`+logs+`/*.log], start_at: beginning, poll_interval: 20ms}, storage: file_storage}}
processors: {vpc_detection: {rules: {new_internal_peer: {enabled: false}}}}
exporters: {file: {path: `+alerts+`, append: true, flush_interval: 10ms}}
service:
  extensions: [file_storage]
  telemetry: {metrics: {level: none}}
  pipelines: {logs: {receivers: [vpc_flow], processors: [vpc_detection], exporters: [file]}}`)
}

// interrupt is Ctrl-C.
func (l *live) interrupt(t *testing.T) {
	t.Helper()
	require.NoError(t, l.Process.Signal(os.Interrupt))
	ended := make(chan error, 1)
	go func() { ended <- l.Wait() }()
	select {
	case err := <-ended:
		require.NoError(t, err, l.said.String())
	case <-time.After(20 * time.Second):
		require.FailNow(t, "the collector does not end", l.said.String())
	}
}

// sweep writes ten rejected probes of ten hosts, which make external_reject_sweep fire once.
func sweep(source string, start int) (lines string) {
	for host := range 10 {
		t := strconv.Itoa(start + host)
		lines += "2 123456789012 eni-0a1b2c3d4e5f60718 " + source + " 10.0.4." + strconv.Itoa(host+1) + " 50000 443 6 1 60 " + t + " " + t + " REJECT OK\n"
	}
	return lines
}

func TestARestartLosesNothingAndTellsNothingTwice(t *testing.T) {
	logs, state, alerts := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "alerts.jsonl")
	const header = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n"
	path := filepath.Join(logs, "flows.log")
	write := func(text string) {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		require.NoError(t, err)
		_, err = f.WriteString(text)
		require.NoError(t, err)
		require.NoError(t, f.Close())
	}
	sources := func() (found []string) {
		text, err := os.ReadFile(alerts)
		if err != nil {
			return nil
		}
		for _, source := range []string{"203.0.113.7", "203.0.113.8", "203.0.113.9"} {
			for range strings.Count(string(text), `{"key":"source.address","value":{"stringValue":"`+source+`"}}`) {
				found = append(found, source)
			}
		}
		return found
	}
	come := func(want ...string) {
		require.Eventually(t, func() bool { return len(sources()) >= len(want) }, 30*time.Second, 20*time.Millisecond)
		require.Equal(t, want, sources())
	}

	write(header + sweep("203.0.113.7", 1736899200))
	first := run(t, logs, state, alerts)
	come("203.0.113.7")
	first.interrupt(t)

	write(sweep("203.0.113.8", 1736899300)) // while nobody reads; and the format is that of a header already read
	second := run(t, logs, state, alerts)
	come("203.0.113.7", "203.0.113.8")
	write(sweep("203.0.113.9", 1736899400))
	come("203.0.113.7", "203.0.113.8", "203.0.113.9")
	second.interrupt(t)
}

func TestTheDemoShowsEveryAlertAsALineAndEndsCleanly(t *testing.T) {
	t.Chdir("..")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	// The demo builds what is out of date, and says so; here it shall only have to show the alerts.
	built, err := exec.CommandContext(ctx, "make", "build").CombinedOutput()
	require.NoError(t, err, string(built))
	port, page := freePort(t), freePort(t)
	demo := exec.CommandContext(ctx, "make", "demo")
	demo.Env = append(os.Environ(), "DEMO_PORT="+port, "DASHBOARD_PORT="+page)
	demo.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a terminal's Ctrl-C goes to all of a group
	output, err := demo.StdoutPipe()
	require.NoError(t, err)
	var said bytes.Buffer
	demo.Stderr = &said
	require.NoError(t, demo.Start())
	want := len(expected(t))
	var lines []string
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
		if len(lines) == want {
			want = -1
			require.Contains(t, metrics(t, port), `vpc_flow_alerts{rule="unusual_country"`)
			require.Eventually(t, func() bool {
				var shown struct{ Total int }
				return get(t, "http://localhost:"+page+"/api/alerts", &shown) == http.StatusOK && shown.Total == 48
			}, 30*time.Second, 50*time.Millisecond, "each episode is one on the page")
			require.NoError(t, syscall.Kill(-demo.Process.Pid, syscall.SIGINT))
		}
	}
	// Make itself ends by the signal, without a word; it would say if the collector had ended with an error.
	var ended *exec.ExitError
	require.ErrorAs(t, demo.Wait(), &ended)
	require.Equal(t, syscall.SIGINT, ended.Sys().(syscall.WaitStatus).Signal())
	require.Empty(t, said.String())
	require.Len(t, lines, len(expected(t)))
	for i, a := range expected(t) {
		assert.Contains(t, lines[i], strings.NewReplacer("T", " ", "Z", "").Replace(a.Time))
		assert.Contains(t, lines[i], strings.ToUpper(a.Severity))
		assert.Contains(t, lines[i], a.Rule)
		assert.Contains(t, lines[i], a.Sentence)
	}
	written, err := os.ReadFile("_build/demo/alerts.jsonl")
	require.NoError(t, err)
	require.Equal(t, len(lines), strings.Count(string(written), `"vpc_flow.alert.status"`))
}

// freePort returns a port that nobody listens on at the moment.
func freePort(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "localhost:0")
	require.NoError(t, err)
	defer listener.Close()
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
}

// metrics returns what the collector says of itself.
func metrics(t *testing.T, port string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost:"+port+"/metrics", http.NoBody)
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return string(text)
}
