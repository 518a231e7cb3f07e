// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package scrape reads what the collector says of itself in its own Prometheus metrics.
package scrape

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
)

const (
	// keep is for how long what was read is good: the dashboard asks no more often, however many look at it.
	keep = 5 * time.Second
	// patience bounds how long a page waits for the metrics.
	patience = 2 * time.Second
	// maxSize bounds the metrics, in bytes. A collector has some hundred kilobytes.
	maxSize = 16 << 20
)

// Reader reads the metrics of a collector, when asked.
type Reader struct {
	url      string
	now      func() time.Time
	client   *http.Client
	patience time.Duration
	maxSize  int64

	mu   sync.Mutex // held while metrics are read: who asks meanwhile gets the same
	last overview.CollectorHealth
}

// New makes a Reader of the metrics at a URL.
func New(url string, now func() time.Time) *Reader {
	return &Reader{url: url, now: now, patience: patience, maxSize: maxSize, client: &http.Client{
		Transport: &http.Transport{MaxIdleConns: 1, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("is led elsewhere, which the dashboard does not follow")
		},
	}}
}

// Health tells how the collector does. What can not be read is no error, but said in it.
func (r *Reader) Health(ctx context.Context) overview.CollectorHealth {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if age := now.Sub(r.last.Read); !r.last.Read.IsZero() && age >= 0 && age < keep {
		return r.last
	}
	// Whoever asked may go: others wait for the same.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.patience)
	defer cancel()
	families, err := r.read(ctx)
	if err != nil {
		r.last = overview.CollectorHealth{Unavailable: "The collector's own metrics can not be read: " + err.Error()}
	} else {
		r.last = health(families)
	}
	r.last.Read = now
	return r.last
}

func (r *Reader) read(ctx context.Context) (families, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url, http.NoBody)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", string(expfmt.NewFormat(expfmt.TypeTextPlain)))
	response, err := r.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }() // all that is wanted has been read
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", r.url, response.Status)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, r.maxSize+1))
	if err != nil {
		return nil, err
	}
	if int64(len(text)) > r.maxSize {
		return nil, fmt.Errorf("%s has more than %d bytes", r.url, r.maxSize)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	parsed, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("%s are no Prometheus metrics: %w", r.url, err)
	}
	return parsed, nil
}

// Close lets go of connections.
func (r *Reader) Close() { r.client.CloseIdleConnections() }
