// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/samplelog"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

const (
	// defaultFirstFetch bounds how long the first fetches delay startup.
	defaultFirstFetch = 5 * time.Second
	// allowlistWarnings is the shortest time between two warnings about one URL.
	allowlistWarnings = 10 * time.Minute
)

// allowlistURL is an allowlist from a URL.
type allowlistURL struct {
	text     *threatlist.Text
	key      string
	log      *zap.Logger
	now      func() time.Time
	use      func([]detect.Ignore)
	check    checkEntries
	warnings samplelog.Sampler
}

// newAllowlistURL returns an allowlist that is not loaded yet. Each good copy is passed to use.
func newAllowlistURL(
	ctx context.Context, key string, config *IgnoreFile, store *threatlist.Store, host component.Host,
	set component.TelemetrySettings, now func() time.Time, use func([]detect.Ignore), check checkEntries,
) (*allowlistURL, error) {
	client, err := newHTTPClient(ctx, &config.HTTP, host, set)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	source := threatlist.NewURLSource(client, config.URL, cmp.Or(config.MaxResponseBytes, defaultMaxResponseBytes))
	a := &allowlistURL{
		key: key, log: set.Logger.With(zap.String("allowlist", key), zap.Stringer("source", source)), now: now, use: use, check: check,
		warnings: samplelog.Sampler{Interval: allowlistWarnings},
	}
	a.text = &threatlist.Text{
		Name: "ignore_files/" + source.ID(), Source: source, Interval: cmp.Or(config.RefreshInterval, defaultAllowlistInterval),
		Store: store, Random: rand.Float64, Use: a.parse,
	}
	return a, nil
}

// parse decodes a copy and uses its entries.
func (a *allowlistURL) parse(text []byte) error {
	entries, err := parseAllowlist(a.key, text, checkFetched, a.check)
	if err != nil {
		return err
	}
	a.use(entries)
	a.log.Info("allowlist loaded", zap.Int("entries", len(entries)))
	return nil
}

// checkFetched rejects copies that are probably a failure of the server, such as an empty text or a web page.
func checkFetched(list any) error {
	if _, ok := list.([]any); ok {
		return nil
	}
	if list == nil {
		return errors.New("the new copy is empty; a list without entries is []")
	}
	return errors.New("the new copy is not a list of entries") // without the text, which may be a page
}

// load restores the last good copy, or fetches the allowlist. When the context ends, the next refresh fetches it.
func (a *allowlistURL) load(ctx context.Context) {
	found, err := a.text.Restore(ctx, a.now())
	if err != nil {
		a.log.Warn("fail to restore allowlist", zap.Error(err))
	}
	if found {
		return
	}
	if _, err := a.text.Poll(ctx, a.now()); ctx.Err() != nil {
		a.log.Warn("allowlist server is slow; startup does not wait for it")
	} else {
		a.warn(err)
	}
}

// refresh fetches the allowlist if it is due.
func (a *allowlistURL) refresh(ctx context.Context) {
	if _, err := a.text.Poll(ctx, a.now()); ctx.Err() == nil { // shutdown is not a failure
		a.warn(err)
	}
}

func (a *allowlistURL) warn(err error) {
	if err == nil {
		return
	}
	if failures, ok := a.warnings.Allow(a.now(), 1); ok {
		a.log.Warn("fail to refresh allowlist; the last entries stay in use", zap.Int64("failures", failures), zap.Error(err))
	}
}

// loadAll loads the allowlists concurrently. It returns after wait at the latest.
func loadAll(ctx context.Context, urls []*allowlistURL, wait time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	var loads sync.WaitGroup
	for _, a := range urls {
		loads.Go(func() { a.load(ctx) })
	}
	loads.Wait()
}
