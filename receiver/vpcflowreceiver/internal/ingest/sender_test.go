// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

// read reads a text to its end.
func read(t *testing.T, h *ingesttest.Harness, text string) {
	t.Helper()
	in := &ingest.Input{Name: "a.log", Checkpoint: new(ingest.Checkpoint)}
	require.NoError(t, ingest.NewReader(h.NewIngester()).ReadText(t.Context(), in, strings.NewReader(text)))
}

// requireReceiverCounters checks the counters that all receivers of the collector have.
func requireReceiverCounters(t *testing.T, h *ingesttest.Harness, accepted, refused int64) {
	t.Helper()
	for name, want := range map[string]int64{"accepted": accepted, "refused": refused} {
		metric, err := h.Telemetry.GetMetric("otelcol_receiver_" + name + "_log_records")
		require.NoError(t, err)
		points := metric.Data.(metricdata.Sum[int64]).DataPoints
		require.Len(t, points, 1)
		assert.Equal(t, want, points[0].Value, name)
	}
}

func TestRefusedRecordsAreSentAgainUntilTheyAreAccepted(t *testing.T) {
	h := ingesttest.NewHarness(t)
	h.Config.MaxBatchSize = 10
	h.Refuse(func(call int, _ plog.Logs) error {
		if call > 2 && call <= 6 {
			return errors.New("full")
		}
		return nil
	})
	read(t, h, ingesttest.Lines(1, 40))
	h.RequirePorts(ingesttest.PortRange(1, 40)...)
	h.RequireCounter("records", map[string]int64{"": 40})
	h.RequireCounter("retries", map[string]int64{"": 4})
	h.RequireCounter("refused", map[string]int64{})
	requireReceiverCounters(t, h, 40, 0)
	messages := h.Logs.FilterMessageSnippet("will be sent again").All()
	require.Len(t, messages, 1)
	assert.Equal(t, "full", messages[0].ContextMap()["error"])
}

func TestRecordsOfABlockAreCounted(t *testing.T) {
	h := ingesttest.NewHarness(t)
	h.Config.MaxBatchSize = 10
	h.Config.Emit = otlp.EmitBlocks
	h.Refuse(func(call int, _ plog.Logs) error {
		if call == 2 {
			return consumererror.NewPermanent(errors.New("never"))
		}
		return nil
	})
	read(t, h, ingesttest.Lines(1, 40))
	assert.Equal(t, 3, h.Sink.LogRecordCount())
	h.RequireCounter("records", map[string]int64{"": 30})
	h.RequireCounter("refused", map[string]int64{"permanent": 10})
	requireReceiverCounters(t, h, 3, 1)
}

func TestPermanentlyRefusedRecordsAreDroppedAndCounted(t *testing.T) {
	h := ingesttest.NewHarness(t)
	h.Config.MaxBatchSize = 10
	h.Refuse(func(call int, _ plog.Logs) error {
		if call == 2 || call == 3 {
			return consumererror.NewPermanent(errors.New("never"))
		}
		return nil
	})
	read(t, h, ingesttest.Lines(1, 40))
	h.RequirePorts(append(ingesttest.PortRange(1, 10), ingesttest.PortRange(31, 40)...)...)
	h.RequireCounter("records", map[string]int64{"": 20})
	h.RequireCounter("refused", map[string]int64{"permanent": 20})
	h.RequireCounter("retries", map[string]int64{})
	requireReceiverCounters(t, h, 20, 20)
	messages := h.Logs.FilterMessageSnippet("records dropped").All()
	require.Len(t, messages, 1)
	assert.EqualValues(t, 10, messages[0].ContextMap()["records_since_last_message"])
}

func TestRecordsAreDroppedWhenRetriesEnd(t *testing.T) {
	for name, configure := range map[string]func(*ingest.Config){
		"because retrying is disabled": func(c *ingest.Config) { c.Retry.Enabled = false },
		"because its time is over":     func(c *ingest.Config) { c.Retry.MaxElapsedTime = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			h := ingesttest.NewHarness(t)
			h.Config.MaxBatchSize = 10
			configure(&h.Config)
			calls := h.Refuse(func(call int, _ plog.Logs) error {
				if call == 1 {
					return errors.New("full")
				}
				return nil
			})
			read(t, h, ingesttest.Lines(1, 20))
			h.RequirePorts(ingesttest.PortRange(11, 20)...)
			h.RequireCounter("refused", map[string]int64{"retries_exhausted": 10})
			assert.EqualValues(t, 2, calls.Load())
		})
	}
}

func TestOnlyTheRefusedPartIsSentAgain(t *testing.T) {
	h := ingesttest.NewHarness(t)
	h.Refuse(func(call int, logs plog.Logs) error {
		if call > 2 {
			return nil
		}
		// The first record is accepted each time.
		taken, rest := plog.NewLogs(), plog.NewLogs()
		logs.CopyTo(rest)
		logs.CopyTo(taken)
		first := true
		keep := func(want bool) func(plog.LogRecord) bool {
			return func(plog.LogRecord) bool {
				isFirst := first
				first = false
				return isFirst != want
			}
		}
		taken.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().RemoveIf(keep(true))
		first = true
		rest.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().RemoveIf(keep(false))
		require.NoError(t, h.Sink.ConsumeLogs(t.Context(), taken))
		return consumererror.NewLogs(errors.New("some"), rest)
	})
	read(t, h, ingesttest.Lines(1, 4))
	h.RequirePorts(1, 2, 3, 4)
	h.RequireCounter("retries", map[string]int64{"": 2})
}

func TestRecordsAreDecodedAgainForARetry(t *testing.T) {
	h := ingesttest.NewHarness(t)
	h.Refuse(func(call int, logs plog.Logs) error {
		if call == 1 {
			logs.ResourceLogs().MoveAndAppendTo(plog.NewLogs().ResourceLogs())
			return errors.New("full")
		}
		return nil
	})
	read(t, h, ingesttest.Lines(1, 1)+ingesttest.ShortHeader+ingesttest.ShortLines(2, 4))
	h.RequirePorts(1, 2, 3, 4)
	h.RequireCounter("records", map[string]int64{"": 4})
}
