// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func TestFullDiskDropsNoQueuedAlert(t *testing.T) {
	s := newServer(t)
	s.respond(http.StatusServiceUnavailable)
	id := component.MustNewID("file_storage")
	disk := &fullStorage{Extension: fileStorage(t, t.TempDir())[id].(storage.Extension)}
	run := func() *harness {
		r := newHarness(t, "storage: file_storage\ngroup_wait: 0s\nretry_on_failure: {initial_interval: 1ms, max_interval: 5ms}\n"+kinds["webhook"](s.URL))
		r.extensions = map[component.ID]component.Component{id: disk}
		require.NoError(t, r.Start(t.Context(), r))
		return r
	}
	first := run()
	for i := range 3 {
		require.NoError(t, first.send(alerttest.PortScan(fmt.Sprint(i), fmt.Sprintf("203.0.113.%d", i))))
	}
	waitForRequests(t, s, 1)
	require.NoError(t, first.Shutdown(t.Context()))

	disk.full.Store(true)
	s.respond(http.StatusOK)
	s.takeRequests()
	second := run()
	waitForRequests(t, s, 3)
	require.Error(t, second.send(alerttest.PortScan("4", "203.0.113.4")), "the caller keeps it")
	assert.Positive(t, second.metric("vpc_flow.notifier.storage.failed")["webhook_0"])
	assert.Equal(t, 1, second.logged.FilterMessage("fail to write to the storage of the queue").Len())
	disk.full.Store(false)
	require.NoError(t, second.send(alerttest.PortScan("4", "203.0.113.4")))
	waitForRequests(t, s, 4)
	require.NoError(t, second.Shutdown(t.Context()))
	assert.Len(t, s.takeRequests(), 4, "no duplicate")
}

func TestQueueKeepsItsOrderAtARestart(t *testing.T) {
	s := newServer(t)
	s.respond(http.StatusServiceUnavailable)
	extensions := fileStorage(t, t.TempDir())
	run := func() *harness {
		r := newHarness(t, "storage: file_storage\ngroup_wait: 0s\n"+kinds["webhook"](s.URL))
		r.extensions = extensions
		require.NoError(t, r.Start(t.Context(), r))
		return r
	}
	first := run()
	opened := alerttest.PortScan("a", "203.0.113.7")
	require.NoError(t, first.send(opened))
	waitForRequests(t, s, 1)
	require.NoError(t, first.send(alerttest.Later(alert.Resolved, opened)))
	require.NoError(t, first.Shutdown(t.Context()))
	s.takeRequests()
	s.respond(http.StatusOK)
	second := run()
	waitForEmptyQueue(t, second)
	require.NoError(t, second.Shutdown(t.Context()))
	assert.Equal(t, []string{"first notification: a high firing", "all alerts resolved: a high resolved"}, notificationsOf(s))
}

func TestResumeLeavesUnknownPositionsUnchanged(t *testing.T) {
	readIndex := append([]byte{readIndexTag}, 9, 0, 0, 0, 0, 0, 0, 0)
	dispatched := []byte{dispatchedTag, 16, 7, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0}
	both := slices.Concat(readIndex, dispatched)
	assert.Equal(t, append([]byte{readIndexTag}, 7, 0, 0, 0, 0, 0, 0, 0), resume(both))
	for _, position := range [][]byte{nil, readIndex, dispatched, both[:12], readIndex[:5], slices.Concat([]byte{6<<3 | 1}, both), {dispatchedTag}} {
		assert.Equal(t, position, resume(position))
	}
}
