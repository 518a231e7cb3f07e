// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
)

// obliging is an integration that takes everything.
type obliging struct{}

func (obliging) Notify(context.Context, ...*amalert.Alert) (bool, error) { return false, nil }

// BenchmarkTell tells of one alert after the other while as many episodes are open as may be, and shows what each costs.
func BenchmarkTell(b *testing.B) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	book := newLedger(10_000)
	templates, err := loadTemplates(nil, "")
	require.NoError(b, err)
	m := &messenger{
		call:         call{to: obliging{}, wording: &wording{Template: templates}, timeout: 1e9, secrets: new(redactor), count: func(context.Context, string, string) {}},
		sendResolved: true, ledger: book, limit: new(limit), now: noon,
	}
	read := func(i int) *alert.Alert { // as from a record, of which each has its own texts
		for a, err := range alertotlp.All(toLogs([]*alert.Alert{scan(fmt.Sprint(i), fmt.Sprintf("203.0.%d.%d", i/256%256, i%256))})) {
			require.NoError(b, err)
			return a
		}
		return nil
	}
	for i := range 10_000 {
		book.put(fmt.Sprint(i), begin(read(i), noon()).told(noon()))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	n := 10_000
	for b.Loop() {
		n++
		_, err := m.tell(b.Context(), []*alert.Alert{read(n)})
		require.NoError(b, err)
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/10_000, "B/episode")
}
