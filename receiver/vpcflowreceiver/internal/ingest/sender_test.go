// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// refuse makes the next consumer answer each call by its number, counted from 1: where answer gives nil, the sink has
// the records.
func (r *rig) refuse(answer func(call int, logs plog.Logs) error) *atomic.Int64 {
	var calls atomic.Int64
	next, err := consumer.NewLogs(func(ctx context.Context, logs plog.Logs) error {
		if err := answer(int(calls.Add(1)), logs); err != nil {
			return err
		}
		return r.sink.ConsumeLogs(ctx, logs)
	})
	require.NoError(r.t, err)
	r.next = next
	return &calls
}

// accepted checks the counter that all receivers of the collector have.
func (r *rig) accepted(accepted, refused int64) {
	r.t.Helper()
	for name, want := range map[string]int64{"accepted": accepted, "refused": refused} {
		metric, err := r.telemetry.GetMetric("otelcol_receiver_" + name + "_log_records")
		require.NoError(r.t, err)
		points := metric.Data.(metricdata.Sum[int64]).DataPoints
		require.Len(r.t, points, 1)
		assert.Equal(r.t, want, points[0].Value, name)
	}
}

func TestRefusedRecordsAreOfferedAgainUntilTheyAreTaken(t *testing.T) {
	r := newRig(t)
	r.cfg.MaxBatchSize = 10
	r.refuse(func(call int, _ plog.Logs) error {
		if call > 2 && call <= 6 {
			return errors.New("full")
		}
		return nil
	})
	r.write("a.log", v2(1, 40))
	r.start()
	r.ports(upTo(1, 40)...)
	r.counted("records", map[string]int64{"": 40})
	r.counted("retries", map[string]int64{"": 4})
	r.counted("refused", map[string]int64{})
	r.accepted(40, 0)
	messages := r.logs.FilterMessageSnippet("will be offered again").All()
	require.Len(t, messages, 1)
	assert.Equal(t, "full", messages[0].ContextMap()["error"])
}

func TestRecordsThatAreRefusedForGoodAreCountedAndPassedOver(t *testing.T) {
	r := newRig(t)
	r.cfg.MaxBatchSize = 10
	r.refuse(func(call int, _ plog.Logs) error {
		if call == 2 || call == 3 {
			return consumererror.NewPermanent(errors.New("never"))
		}
		return nil
	})
	r.write("a.log", v2(1, 40))
	r.start()
	r.ports(append(upTo(1, 10), upTo(31, 40)...)...)
	r.counted("records", map[string]int64{"": 20})
	r.counted("refused", map[string]int64{"permanent": 20})
	r.counted("retries", map[string]int64{})
	r.accepted(20, 20)
	messages := r.logs.FilterMessageSnippet("refuses records for good").All()
	require.Len(t, messages, 1)
	assert.EqualValues(t, 10, messages[0].ContextMap()["records_since_last_message"])
}

func TestRecordsAreDroppedWhenTheyMayNotBeOfferedAgain(t *testing.T) {
	for name, configure := range map[string]func(*Config){
		"because retrying is disabled": func(c *Config) { c.RetryOnFailure.Enabled = false },
		"because its time is over":     func(c *Config) { c.RetryOnFailure.MaxElapsedTime = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.cfg.MaxBatchSize = 10
			configure(r.cfg)
			calls := r.refuse(func(call int, _ plog.Logs) error {
				if call == 1 {
					return errors.New("full")
				}
				return nil
			})
			r.write("a.log", v2(1, 20))
			r.start()
			r.ports(upTo(11, 20)...)
			r.counted("refused", map[string]int64{"retries_exhausted": 10})
			assert.EqualValues(t, 2, calls.Load())
		})
	}
}

func TestOnlyThePartThatWasRefusedIsOfferedAgain(t *testing.T) {
	r := newRig(t)
	r.refuse(func(call int, logs plog.Logs) error {
		if call > 2 {
			return nil
		}
		// The first record is taken each time.
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
		require.NoError(t, r.sink.ConsumeLogs(t.Context(), taken))
		return consumererror.NewLogs(errors.New("some"), rest)
	})
	r.write("a.log", v2(1, 4))
	r.start()
	r.ports(1, 2, 3, 4)
	r.counted("retries", map[string]int64{"": 2})
}

func TestWhatTheNextConsumerSpoiltIsMadeAnew(t *testing.T) {
	r := newRig(t)
	r.refuse(func(call int, logs plog.Logs) error {
		if call == 1 {
			logs.ResourceLogs().MoveAndAppendTo(plog.NewLogs().ResourceLogs())
			return errors.New("full")
		}
		return nil
	})
	r.write("a.log", v2(1, 1)+shortHeader+short(2, 4))
	r.start()
	r.ports(1, 2, 3, 4)
	r.counted("records", map[string]int64{"": 4})
}

func TestShutdownDoesNotWaitForTheNextConsumer(t *testing.T) {
	for name, next := range map[string]func(ctx context.Context, reached chan<- struct{}) error{
		"that does not answer and is asked only once": func(ctx context.Context, reached chan<- struct{}) error {
			reached <- struct{}{}
			<-ctx.Done()
			return errors.New("too late")
		},
		"that refuses": func(_ context.Context, reached chan<- struct{}) error {
			select {
			case reached <- struct{}{}:
			default:
			}
			return errors.New("full")
		},
		"that does not answer": func(ctx context.Context, reached chan<- struct{}) error {
			reached <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		},
	} {
		for _, file := range []string{"a.log", "a.log.gz"} {
			t.Run(name+" for "+file, func(t *testing.T) {
				r := newRig(t)
				r.keepPositions()
				r.cfg.RetryOnFailure.InitialInterval = time.Hour
				r.cfg.RetryOnFailure.Enabled = !strings.Contains(name, "only once")
				r.cfg.MaxBatchSize = 10
				reached := make(chan struct{}, 1)
				var err error
				r.next, err = consumer.NewLogs(func(ctx context.Context, _ plog.Logs) error { return next(ctx, reached) })
				require.NoError(t, err)
				content := v2(1, 20)
				if file == "a.log.gz" {
					content = zip(t, content)
				}
				r.write(file, content)
				r.start()
				<-reached
				r.stop()
				r.counted("records", map[string]int64{})
				assert.Empty(t, r.logs.FilterMessageSnippet("met an error").All())

				r.next = r.sink
				r.start()
				r.ports(upTo(1, 20)...)
			})
		}
	}
}
