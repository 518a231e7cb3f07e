// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"
	"runtime"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/receiver"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/componenthealth"
	"github.com/vpcflow/otelcol-vpcflow/internal/delivery"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
	"github.com/vpcflow/otelcol-vpcflow/internal/samplelog"
)

// Config contains the settings that all sources of a receiver share.
type Config struct {
	// Format is the format of lines before the first header.
	Format *flow.Format
	// Emit says what the records of lines contain.
	Emit otlp.Emit
	// MaxBatchSize is the maximum number of records in a batch.
	MaxBatchSize int
	// Workers is the number of blocks of an input that are decoded at the same time. Zero means the number of usable cores, up
	// to 8.
	Workers int
	// ByAccount sends the records of each account in a call of its own.
	ByAccount bool
	// Retry configures how often, and for how long, a refused batch is sent again.
	Retry configretry.BackOffConfig
	// Now is the clock. Nil means time.Now.
	Now func() time.Time
}

// Ingester decodes lines, sends the records to the next consumer, and counts the rejected lines. All sources share it.
// It is safe for concurrent use.
type Ingester struct {
	// Settings contain the receiver's logger and meter provider.
	Settings component.TelemetrySettings
	// Health is the health of the sources and of the next consumer.
	Health *componenthealth.Health

	id        component.ID
	config    Config
	decoder   otlp.Decoder
	sender    *sender
	commits   *commits
	telemetry *telemetry
	badLines  samplelog.Sampler
	failures  samplelog.Sampler
	skipped   samplelog.Sampler
	unknown   unknownFields
}

// New returns an Ingester that sends records to the next consumer.
func New(set receiver.Settings, cfg Config, next consumer.Logs) (*Ingester, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	t, err := newTelemetry(set.MeterProvider)
	if err != nil {
		return nil, err
	}
	s, err := newSender(set, cfg, next, t)
	if err != nil {
		return nil, err
	}
	decoder := otlp.Decoder{Scope: otlp.Scope{Name: ScopeName}, Emit: cfg.Emit, LineAccounts: cfg.ByAccount}
	return &Ingester{
		Settings: set.TelemetrySettings, Health: s.health, id: set.ID, config: cfg, decoder: decoder, sender: s, commits: newCommits(), telemetry: t,
	}, nil
}

// WithoutRetry returns an Ingester that sends records only once, for sources whose clients retry. Its errors include
// the errors of the next consumer.
func (in *Ingester) WithoutRetry() *Ingester {
	return &Ingester{
		Settings: in.Settings, Health: in.Health, id: in.id, config: in.config, decoder: in.decoder, sender: in.sender.withoutRetry(), commits: in.commits,
		telemetry: in.telemetry,
	}
}

// InputID returns the id of an input. source is the name of its source, and name identifies it in the source, also after a
// restart.
func (in *Ingester) InputID(source, name string) delivery.Input {
	return delivery.NewInput(in.id.String(), source, name)
}

// SaveSoon asks all components that have claimed records to save their state soon. It does not wait.
func (in *Ingester) SaveSoon() { in.commits.saveSoon() }

// Flush asks all components that have claimed records to save their state, and waits for a few seconds until the positions
// are stored. Sources call it at shutdown.
func (in *Ingester) Flush(ctx context.Context) { in.commits.flush(ctx) }

// Close ends waiting for components. Positions that are not confirmed are not stored.
func (in *Ingester) Close() { in.commits.close() }

// Now returns the time.
func (in *Ingester) Now() time.Time { return in.config.Now() }

// Start exports the counter of records with zero, so that an idle receiver differs from an absent one.
func (in *Ingester) Start(ctx context.Context) { in.telemetry.records.Add(ctx, 0) }

// maxWorkers is the default maximum of Config.Workers. More workers decode faster than one goroutine uncompresses.
const maxWorkers = 8

// workers returns the number of blocks to decode at the same time.
func (in *Ingester) workers() int {
	if in.config.Workers > 0 {
		return in.config.Workers
	}
	return min(runtime.GOMAXPROCS(0), maxWorkers)
}

// formatAt returns the format of the lines at a checkpoint.
func (in *Ingester) formatAt(c *Checkpoint) *flow.Format {
	if c.format == nil {
		return in.config.Format
	}
	return c.format
}

// deliver sends decoded records and counts the bad lines. number is the number of the first line in the input, or 0 if
// unknown. again decodes the records for a retry, because the consumer may have modified those that it refused.
//
// It retries until the next consumer accepts the records or refuses them permanently. Refused records are dropped and
// counted. An error means that ctx ended before the records were accepted; see also WithoutRetry.
func (in *Ingester) deliver(
	ctx context.Context, input *Input, number int64, logs plog.Logs, counts flow.Counts, again func() plog.Logs,
) error {
	if input.Turn != nil {
		if err := input.Turn(ctx); err != nil {
			return err
		}
	}
	if counts.Records > 0 {
		input.begin(ctx)
		if err := in.sender.send(ctx, input, logs, counts.Records, again); err != nil {
			return err
		}
	}
	in.Count(ctx, input, counts, number)
	return nil
}

// Count counts and logs the rejected lines of a block in vpc_flow.receiver.bad_lines. number is the number of its first
// line in the input, or 0 if unknown.
func (in *Ingester) Count(ctx context.Context, input *Input, counts flow.Counts, number int64) {
	if fields := in.unknown.add(counts.Unknown); len(fields) > 0 {
		in.Settings.Logger.Info("header has unknown fields; their values become attributes aws.vpc.flow.field.<name>",
			zap.String("file", input.Name), zap.Strings("fields", fields))
	}
	if counts.Controls > 0 {
		in.telemetry.controls.Add(ctx, int64(counts.Controls))
	}
	if counts.FirstBad == nil {
		return
	}
	bad := int64(0)
	for reason, n := range counts.Bad {
		AddBy(ctx, in.telemetry.badLines, n, "reason", string(reason))
		bad += int64(n)
	}
	since, ok := in.badLines.Allow(in.Now(), bad)
	if !ok {
		return
	}
	line := int64(0)
	if number > 0 {
		line = number + int64(counts.FirstBadLine) - 1
	}
	first := counts.FirstBad
	in.Settings.Logger.Warn("line cannot be decoded and is skipped",
		zap.String("file", input.Name), zap.Int64("line", line), zap.String("reason", string(first.Reason)),
		zap.String("field", first.Field), zap.String("value", first.Value), zap.Int64("bad_lines_since_last_message", since))
}

// LogFailure logs that an operation on an input failed and will be retried, at most once per interval. It logs nothing
// once ctx has ended, because shutdown is not an error.
func (in *Ingester) LogFailure(ctx context.Context, name, operation string, err error) {
	if ctx.Err() != nil {
		return
	}
	if since, ok := in.failures.Allow(in.Now(), 1); ok {
		in.Settings.Logger.Error("fail to "+operation+"; will be retried",
			zap.String("file", name), zap.Error(err), zap.Int64("failures_since_last_message", since))
	}
}

// LogSkipped logs that an input cannot be decoded and is skipped, at most once per interval.
func (in *Ingester) LogSkipped(name string, outcome Outcome, err error) {
	if since, ok := in.skipped.Allow(in.Now(), 1); ok {
		in.Settings.Logger.Warn("input cannot be decoded and is skipped", zap.String("file", name),
			zap.String("outcome", string(outcome)), zap.Error(err), zap.Int64("skipped_since_last_message", since))
	}
}

// maxUnknown bounds the unknown field names that are kept.
const maxUnknown = 1000

// unknownFields are the field names that were logged as unknown.
type unknownFields struct {
	mu    sync.Mutex
	names map[string]bool
}

// add returns the new names among the given ones. It returns none once maxUnknown names are kept.
func (u *unknownFields) add(names []string) (fresh []string) {
	if len(names) == 0 {
		return nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.names == nil {
		u.names = map[string]bool{}
	}
	for _, name := range names {
		if !u.names[name] && len(u.names) < maxUnknown {
			u.names[name] = true
			fresh = append(fresh, name)
		}
	}
	return fresh
}
