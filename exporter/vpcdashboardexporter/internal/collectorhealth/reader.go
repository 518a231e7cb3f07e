// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package collectorhealth reads the state of the collector from its own Prometheus metrics.
package collectorhealth

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

const (
	// cacheTime is how long a report is reused. It bounds the rate of requests, however many people open the page.
	cacheTime = 5 * time.Second
	// requestTimeout bounds how long a page waits for the metrics.
	requestTimeout = 2 * time.Second
	// maxSize bounds the metrics, in bytes. A collector has some hundred kilobytes.
	maxSize = 16 << 20
)

// Reader reads the metrics of a collector on demand. It is safe for concurrent use.
type Reader struct {
	url     string
	public  string // the URL without its password
	now     func() time.Time
	client  *http.Client
	timeout time.Duration
	maxSize int64

	mu   sync.Mutex // held while metrics are read, so that concurrent callers share one request
	last Report
}

// NewReader returns a Reader of the metrics at a URL.
func NewReader(address string, now func() time.Time) *Reader {
	public := "the endpoint"
	if parsed, err := url.Parse(address); err == nil {
		public = parsed.Redacted()
	}
	return &Reader{url: address, public: public, now: now, timeout: requestTimeout, maxSize: maxSize, client: &http.Client{
		Transport: &http.Transport{MaxIdleConns: 1, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("redirects are not followed")
		},
	}}
}

// Report returns the current report, which is up to five seconds old. If the metrics cannot be read, the report says why.
func (r *Reader) Report(ctx context.Context) Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if age := now.Sub(r.last.Read); !r.last.Read.IsZero() && age >= 0 && age < cacheTime {
		return r.last
	}
	// The request outlives the caller, because others may wait for the same report.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.timeout)
	defer cancel()
	parsed, err := r.read(ctx)
	if err != nil {
		r.last = Report{Unavailable: "The collector's own metrics cannot be read: " + err.Error()}
	} else {
		r.last = newReport(parsed)
	}
	r.last.Read = now
	return r.last
}

func (r *Reader) read(ctx context.Context) (metrics, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url, http.NoBody)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", string(expfmt.NewFormat(expfmt.TypeTextPlain)))
	response, err := r.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }() // the body has been read
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s returned status %s", r.public, response.Status)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, r.maxSize+1))
	if err != nil {
		return nil, err
	}
	if int64(len(text)) > r.maxSize {
		return nil, fmt.Errorf("%s returned more than %d bytes", r.public, r.maxSize)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	parsed, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("%s did not return Prometheus metrics: %w", r.public, err)
	}
	return parsed, nil
}

// Close closes idle connections.
func (r *Reader) Close() { r.client.CloseIdleConnections() }
