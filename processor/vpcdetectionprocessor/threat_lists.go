// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// threats are the threat lists of the configuration, each kept up to date.
type threats struct {
	lists []ThreatList
	feeds []*threatlist.Feed // one for each of lists
	log   *zap.Logger
	now   func() time.Time

	swapping sync.Mutex              // held while a table is made of all lists, so that a newer one is never overtaken
	swap     func(*threatlist.Table) // has the engine look into another table
}

// loadThreats has a first copy of each list. A file that can not be read stops the start. A URL that can not be fetched
// does not, nor does a copy that was kept: they are named in the log, and the URL is tried again.
func (d *detection) loadThreats(ctx context.Context, host component.Host) (*threats, error) {
	t := &threats{lists: d.cfg.ThreatLists, log: d.set.Logger, now: d.now, swap: d.setThreats}
	store, err := d.openStore(ctx, host)
	if err != nil {
		return nil, err
	}
	var fetching sync.WaitGroup
	defer fetching.Wait()
	for i := range t.lists {
		feed, err := t.feed(ctx, i, host, store, d.set.TelemetrySettings)
		if err != nil {
			return nil, err
		}
		t.feeds = append(t.feeds, feed)
		if t.lists[i].URL != "" {
			fetching.Go(func() { t.first(ctx, feed) })
			continue
		}
		if _, err := feed.Poll(ctx, d.now()); err != nil {
			return nil, fmt.Errorf("threat_lists[%d]::path: list %q: %w", i, feed.Name, err)
		}
		t.tell(feed)
	}
	return t, nil
}

func (t *threats) feed(
	ctx context.Context, i int, host component.Host, store *threatlist.Store, set component.TelemetrySettings,
) (*threatlist.Feed, error) {
	list := &t.lists[i]
	settings := threatlist.FeedSettings{
		Name: list.Name, Format: threatlist.Format(list.Format), Column: list.Column, AllowEmpty: list.AllowEmpty,
	}
	if list.URL == "" {
		settings.Source = threatlist.NewFileSource(list.Path, maxFile)
		return threatlist.NewFeed(settings), nil
	}
	config := list.client()
	client, err := config.ToClient(ctx, host.GetExtensions(), set)
	if err != nil {
		return nil, fmt.Errorf("threat_lists[%d]: list %q: %w", i, list.Name, err)
	}
	if len(list.HTTP.Headers) > 0 || list.HTTP.Auth.HasValue() {
		client.CheckRedirect = threatlist.CheckRedirect
	}
	settings.Source = sourceOf(list, client)
	if list.Format == taxiiFormat {
		settings.Format = threatlist.STIXFormat
	}
	settings.Interval = cmp.Or(list.RefreshInterval, defaultInterval)
	settings.Store = store
	settings.Random = rand.Float64
	return threatlist.NewFeed(settings), nil
}

func sourceOf(list *ThreatList, client *http.Client) threatlist.Source {
	limit := cmp.Or(list.MaxResponseBytes, defaultMaxResponse)
	if list.Format == taxiiFormat {
		return threatlist.NewTAXIISource(client, list.URL, limit)
	}
	return threatlist.NewURLSource(client, list.URL, limit)
}

// first has the copy that was kept, or fetches one.
func (t *threats) first(ctx context.Context, feed *threatlist.Feed) {
	found, err := feed.Restore(ctx, t.now())
	if err != nil {
		t.log.Warn("threat list: the copy that was kept is of no use", zap.String("list", feed.Name), zap.Error(err))
	}
	if !found {
		_, err = feed.Poll(ctx, t.now())
		t.complain(ctx, feed, err)
	}
	if feed.Len() > 0 {
		t.tell(feed)
	}
}

// polls returns what is to be called from time to time: for each URL by itself, since a server may be slow.
func (t *threats) polls() (polls []reload) {
	var files []*threatlist.Feed
	for i, feed := range t.feeds {
		if t.lists[i].URL == "" {
			files = append(files, feed)
			continue
		}
		polls = append(polls, func(ctx context.Context) { t.poll(ctx, feed) })
	}
	if len(files) > 0 {
		polls = append(polls, func(ctx context.Context) { t.poll(ctx, files...) })
	}
	return polls
}

func (t *threats) poll(ctx context.Context, feeds ...*threatlist.Feed) {
	var anyChanged bool
	for _, feed := range feeds {
		before := feed.Version()
		changed, err := feed.Poll(ctx, t.now())
		t.complain(ctx, feed, err)
		if changed && feed.Version() != before { // and not only because entries have begun or ended
			t.tell(feed)
		}
		anyChanged = anyChanged || changed
	}
	if !anyChanged {
		return
	}
	t.swapping.Lock()
	defer t.swapping.Unlock()
	t.swap(t.table())
}

// complain says why there is no new copy, unless that is because the end has come.
func (t *threats) complain(ctx context.Context, feed *threatlist.Feed, err error) {
	if err != nil && ctx.Err() == nil {
		t.log.Warn("threat list not refreshed: what was known of it stays", zap.String("list", feed.Name),
			zap.Stringer("source", feed.Source), zap.Int("entries", feed.Len()), zap.Error(err))
	}
}

// tell says what a new copy holds.
func (t *threats) tell(feed *threatlist.Feed) {
	refused := feed.Skipped()
	for _, why := range refused.First {
		t.log.Warn("threat list entry passed over", zap.String("list", feed.Name), zap.Error(why))
	}
	if feed.Len() == 0 {
		t.log.Warn("threat list has no usable entry", zap.String("list", feed.Name), zap.Stringer("source", feed.Source))
	}
	t.log.Info("threat list loaded", zap.String("list", feed.Name), zap.Int("entries", feed.Len()), zap.Int("refused", refused.Count))
}

// table makes one table of what all lists hold now.
func (t *threats) table() *threatlist.Table {
	if len(t.lists) == 0 {
		return nil
	}
	loaded := make([]threatlist.List, len(t.lists))
	for i, list := range t.lists {
		loaded[i] = threatlist.List{
			Name: list.Name, Category: list.Category, Severity: list.Severity, Prefixes: t.feeds[i].Active(),
		}
	}
	return threatlist.NewTable(loaded)
}

// setThreats has the engine look into another table, between two batches.
func (d *detection) setThreats(table *threatlist.Table) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.engine.SetThreats(table)
}
