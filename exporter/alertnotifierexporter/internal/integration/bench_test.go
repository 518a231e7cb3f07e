// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/episode"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/notificationlog"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/render"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
	"github.com/vpcflow/otelcol-vpcflow/internal/redact"
)

// acceptingNotifier is an integration that accepts everything.
type acceptingNotifier struct{}

func (acceptingNotifier) Notify(context.Context, ...*amalert.Alert) (bool, error) { return false, nil }

// BenchmarkSend sends one alert after the other with a full notification log. It also reports the memory per episode.
func BenchmarkSend(b *testing.B) {
	const episodes = 10_000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	log := notificationlog.New(episodes)
	templates, err := render.Load(nil, "")
	require.NoError(b, err)
	n := &Integration{
		Sender: Sender{
			Notifier: acceptingNotifier{}, Messages: NewMessages(templates, "slack", nil), Timeout: time.Second,
			Redactor: new(redact.Redactor), Count: func(context.Context, string, string) {},
		},
		SendResolved: true, Log: log, Now: alerttest.Noon, save: func(context.Context) {},
	}
	read := func(i int) *alert.Alert { // from a log record, so that alerts share no strings
		logs := plog.NewLogs()
		a := alerttest.PortScan(fmt.Sprint(i), fmt.Sprintf("203.0.%d.%d", i/256%256, i%256))
		alertotlp.Append(logs, "", "", []*alert.Alert{a})
		for a, err := range alertotlp.All(logs) {
			require.NoError(b, err)
			return a
		}
		return nil
	}
	for i := range episodes {
		log.Put(fmt.Sprint(i), episode.New(read(i), alerttest.Noon()).WithNotification(alerttest.Noon()))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	i := episodes
	for b.Loop() {
		i++
		_, err := n.Send(b.Context(), []*alert.Alert{read(i)})
		require.NoError(b, err)
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/episodes, "B/episode")
}
