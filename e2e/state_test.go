// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/extension/xextension/storage"
)

// notified collects the alerts that a webhook receives, each as its status and its name.
type notified struct {
	mu     sync.Mutex
	alerts []string
}

func (n *notified) list() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.alerts)
}

// webhook starts a server for the webhook_configs of alert_notifier.
func webhook(t *testing.T) (*notified, string) {
	t.Helper()
	n := &notified{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var message struct {
			Alerts []struct {
				Status string
				Labels map[string]string
			}
		}
		_ = json.Unmarshal(body, &message)
		n.mu.Lock()
		defer n.mu.Unlock()
		for _, a := range message.Alerts {
			n.alerts = append(n.alerts, a.Status+" "+a.Labels["rule"])
		}
	}))
	t.Cleanup(server.Close)
	return n, server.URL
}

// stateVariables sets the variables of testdata/state/config.yaml to a copy of a state and a copy of the first logs. It
// returns the folder of the state and the path of the logs.
func stateVariables(t *testing.T, state, url, port string) (dir, input string) {
	t.Helper()
	dir, input = t.TempDir(), filepath.Join(t.TempDir(), "flows.log")
	require.NoError(t, os.CopyFS(dir, os.DirFS(state)))
	require.NoError(t, os.WriteFile(input, []byte(read(t, "testdata/state/before.log")), 0o600))
	t.Setenv("STATE_DIR", dir)
	t.Setenv("INPUT", input)
	t.Setenv("WEBHOOK_URL", url)
	t.Setenv("METRICS_PORT", port)
	return dir, input
}

func TestStateOfReleasedVersionsIsRead(t *testing.T) {
	states, err := filepath.Glob("../testdata/state/*.*.*")
	require.NoError(t, err)
	require.NotEmpty(t, states)
	for _, state := range states {
		t.Run(filepath.Base(state), func(t *testing.T) {
			alerts, url := webhook(t)
			port := freePort(t)
			_, input := stateVariables(t, state, url, port)
			collector := launch(t, read(t, "testdata/state/config.yaml"))

			logs, err := os.OpenFile(input, os.O_APPEND|os.O_WRONLY, 0)
			require.NoError(t, err)
			_, err = logs.WriteString(read(t, "testdata/state/after.log"))
			require.NoError(t, err)
			require.NoError(t, logs.Close())

			// Five of the ten hosts of the sweep are in the state. The pair and the DNS episode are known.
			eventually(t, func() bool { return slices.Contains(alerts.list(), "firing external_reject_sweep") })
			assert.Contains(t, metrics(t, port), "\nvpc_flow_receiver_records 7\n", "only the new lines are read")
			collector.interrupt(t)
			assert.Equal(t, []string{"firing external_reject_sweep"}, alerts.list())
		})
	}
}

func TestStateOfANewerVersionIsRefusedAndUntouched(t *testing.T) {
	for _, c := range []struct {
		kind  component.Kind
		owner component.ID
		name  string
	}{
		{component.KindReceiver, component.MustNewID("vpc_flow"), ""},
		{component.KindProcessor, component.MustNewID("vpc_detection"), ""},
		{component.KindExporter, component.MustNewIDWithName("alert_notifier", "webhook_0"), "notification_log"},
	} {
		t.Run(c.owner.String(), func(t *testing.T) {
			dir, _ := stateVariables(t, "../testdata/state/0.1.0", "http://localhost:1/", freePort(t))
			state, closeState := openState(t, dir, c.kind, c.owner, c.name)
			require.NoError(t, state.Set(t.Context(), "format", []byte("2")))
			before := valuesOf(t, state)
			closeState()
			require.Greater(t, len(before), 1)

			collector := launch(t, read(t, "testdata/state/config.yaml"))
			require.Error(t, collector.Wait())
			assert.Contains(t, collector.output.String(), "state of "+c.owner.String()+`: format is "2", but this version reads format 1 only`)

			state, closeState = openState(t, dir, c.kind, c.owner, c.name)
			defer closeState()
			assert.Equal(t, before, valuesOf(t, state))
		})
	}
}

// openState opens the file storage of a component.
func openState(t *testing.T, dir string, kind component.Kind, owner component.ID, name string) (client storage.Client, closeState func()) {
	t.Helper()
	factory := filestorage.NewFactory()
	cfg := factory.CreateDefaultConfig().(*filestorage.Config)
	cfg.Directory = dir
	extension, err := factory.Create(t.Context(), extensiontest.NewNopSettings(factory.Type()), cfg)
	require.NoError(t, err)
	require.NoError(t, extension.Start(t.Context(), componenttest.NewNopHost()))
	client, err = extension.(storage.Extension).GetClient(t.Context(), kind, owner, name)
	require.NoError(t, err)
	return client, func() {
		require.NoError(t, client.Close(t.Context()))
		require.NoError(t, extension.Shutdown(t.Context()))
	}
}

// valuesOf returns everything in a storage.
func valuesOf(t *testing.T, client storage.Client) map[string]string {
	t.Helper()
	all := map[string]string{}
	require.NoError(t, client.(storage.Walker).Walk(t.Context(), func(key string, value []byte) ([]*storage.Operation, error) {
		all[key] = string(value)
		return nil, nil
	}))
	return all
}
