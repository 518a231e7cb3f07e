// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/storageclient"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// threatLists are the configured threat lists, each kept up to date by a feed.
type threatLists struct {
	configs []ThreatList
	feeds   []*threatlist.Feed // one per config
	// separate are the names of the lists that custom rules look up on their own.
	separate []string
	log      *zap.Logger
	now      func() time.Time

	updating sync.Mutex // held while a table is built and used, so that an older table cannot replace a newer one
	update   func(*threatlist.Table)
}

// newThreatLists loads the lists. It returns an error if a file cannot be read. A URL that cannot be fetched within wait is
// logged and fetched later. update is called after each later change.
func newThreatLists(
	ctx context.Context, configs []ThreatList, separate []string, store *threatlist.Store, host component.Host,
	set component.TelemetrySettings, now func() time.Time, update func(*threatlist.Table), wait time.Duration,
) (*threatLists, error) {
	l := &threatLists{configs: configs, separate: separate, log: set.Logger, now: now, update: update}
	bounded, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	var fetches sync.WaitGroup
	defer fetches.Wait()
	for i := range configs {
		feed, err := newFeed(ctx, &configs[i], store, host, set)
		if err != nil {
			return nil, fmt.Errorf("threat_lists[%d]: list %q: %w", i, configs[i].Name, err)
		}
		l.feeds = append(l.feeds, feed)
		if configs[i].URL != "" {
			fetches.Go(func() { l.loadURL(bounded, feed) })
			continue
		}
		if _, err := feed.Poll(ctx, now()); err != nil {
			return nil, fmt.Errorf("threat_lists[%d]::path: list %q: %w", i, feed.Name, err)
		}
		l.logLoaded(feed)
	}
	return l, nil
}

// loadURL restores the last good copy of a list from a URL, or fetches the list.
func (l *threatLists) loadURL(ctx context.Context, feed *threatlist.Feed) {
	found, err := feed.Restore(ctx, l.now())
	if err != nil {
		l.log.Warn("fail to restore threat list", zap.String("list", feed.Name), zap.Error(err))
	}
	if !found {
		_, err = feed.Poll(ctx, l.now())
		l.logFailure(ctx, feed, err)
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			l.log.Warn("threat list server is slow; startup does not wait for it", zap.String("list", feed.Name))
		}
	}
	if feed.Len() > 0 {
		l.logLoaded(feed)
	}
}

// reloads returns one job for each URL, because a server may be slow, and one job for all files.
func (l *threatLists) reloads() (jobs []reload) {
	var files []*threatlist.Feed
	for i, feed := range l.feeds {
		if l.configs[i].URL == "" {
			files = append(files, feed)
			continue
		}
		jobs = append(jobs, func(ctx context.Context) { l.reload(ctx, feed) })
	}
	if len(files) > 0 {
		jobs = append(jobs, func(ctx context.Context) { l.reload(ctx, files...) })
	}
	return jobs
}

func (l *threatLists) reload(ctx context.Context, feeds ...*threatlist.Feed) {
	anyChanged := false
	for _, feed := range feeds {
		before := feed.Version()
		changed, err := feed.Poll(ctx, l.now())
		l.logFailure(ctx, feed, err)
		if changed && feed.Version() != before { // otherwise only the period of an entry has begun or ended
			l.logLoaded(feed)
		}
		anyChanged = anyChanged || changed
	}
	if !anyChanged {
		return
	}
	l.updating.Lock()
	defer l.updating.Unlock()
	l.update(l.table())
}

// table returns a table of the current entries of all lists, or nil without lists.
func (l *threatLists) table() *threatlist.Table {
	if len(l.configs) == 0 {
		return nil
	}
	lists := make([]threatlist.List, len(l.configs))
	for i, config := range l.configs {
		lists[i] = threatlist.List{
			Name: config.Name, Category: config.Category, Severity: config.Severity, Prefixes: l.feeds[i].Active(),
		}
	}
	return threatlist.NewTable(lists, l.separate...)
}

// logFailure logs why a list could not be refreshed. A canceled context is not a failure.
func (l *threatLists) logFailure(ctx context.Context, feed *threatlist.Feed, err error) {
	if err != nil && ctx.Err() == nil {
		l.log.Warn("fail to refresh threat list; the last entries stay in use", zap.String("list", feed.Name),
			zap.Stringer("source", feed.Source), zap.Int("entries", feed.Len()), zap.Error(err))
	}
}

func (l *threatLists) logLoaded(feed *threatlist.Feed) {
	skipped := feed.Skipped()
	for _, err := range skipped.First {
		l.log.Warn("threat list entry skipped", zap.String("list", feed.Name), zap.Error(err))
	}
	if feed.Len() == 0 {
		l.log.Warn("threat list has no valid entry", zap.String("list", feed.Name), zap.Stringer("source", feed.Source))
	}
	l.log.Info("threat list loaded", zap.String("list", feed.Name), zap.Int("entries", feed.Len()), zap.Int("skipped", skipped.Count))
}

func newFeed(
	ctx context.Context, config *ThreatList, store *threatlist.Store, host component.Host, set component.TelemetrySettings,
) (*threatlist.Feed, error) {
	settings := threatlist.FeedSettings{
		Name: config.Name, Format: threatlist.Format(config.Format), Column: config.Column, AllowEmpty: config.AllowEmpty,
	}
	if config.URL == "" {
		settings.Source = threatlist.NewFileSource(config.Path, maxListFileBytes)
		return threatlist.NewFeed(settings), nil
	}
	client, err := newHTTPClient(ctx, &config.HTTP, host, set)
	if err != nil {
		return nil, err
	}
	settings.Source = newURLSource(config, client)
	if config.Format == taxiiFormat {
		settings.Format = threatlist.STIXFormat
	}
	settings.Interval = cmp.Or(config.RefreshInterval, defaultRefreshInterval)
	settings.Store = store
	settings.Random = rand.Float64
	return threatlist.NewFeed(settings), nil
}

func newURLSource(config *ThreatList, client *http.Client) threatlist.Source {
	limit := cmp.Or(config.MaxResponseBytes, defaultMaxResponseBytes)
	if config.Format == taxiiFormat {
		return threatlist.NewTAXIISource(client, config.URL, limit)
	}
	return threatlist.NewURLSource(client, config.URL, limit)
}

// openListStore opens the store of the last good copies. It is nil without storage, or without a list or an allowlist from
// a URL.
func openListStore(
	ctx context.Context, host component.Host, cfg *Config, owner component.ID,
) (store *threatlist.Store, closeStore func() error, err error) {
	closeStore = func() error { return nil }
	if !slices.ContainsFunc(cfg.ThreatLists, func(l ThreatList) bool { return l.URL != "" }) &&
		!slices.ContainsFunc(cfg.IgnoreFiles, func(f IgnoreFile) bool { return f.URL != "" }) {
		return nil, closeStore, nil
	}
	client, err := storageclient.Open(ctx, host, cfg.Storage, component.KindProcessor, owner, "threat_lists")
	if err != nil || client == nil {
		return nil, closeStore, err
	}
	return threatlist.NewStore(client), func() error { return client.Close(context.Background()) }, nil
}
