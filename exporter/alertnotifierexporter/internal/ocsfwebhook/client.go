// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package ocsfwebhook posts alerts as OCSF Detection Findings.
package ocsfwebhook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/episode"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/httpresult"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/notificationlog"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/ocsf"
	"github.com/vpcflow/otelcol-vpcflow/internal/redact"
)

// maxFindings is the maximum number of findings per request.
const maxFindings = 100

// redactor reduces URLs in errors to their host, because they may contain a password.
var redactor redact.Redactor

// Client posts each alert once, in order. The body has one finding per line. A Client is not safe for concurrent use.
type Client struct {
	// HTTP configures the HTTP client. Its endpoint is the URL of the webhook.
	HTTP confighttp.ClientConfig
	// Timeout is the maximum duration of one request.
	Timeout time.Duration
	// EpisodeTimeout is the time without alerts after which a finding is closed. Zero means never.
	EpisodeTimeout time.Duration
	// Log records the posted episodes.
	Log *notificationlog.Log
	// Now returns the time.
	Now func() time.Time
	// Count counts a request. The outcome is sent, failed (retried) or refused (dropped).
	Count func(ctx context.Context, outcome, reason string)
	// Telemetry is for the HTTP client.
	Telemetry component.TelemetrySettings

	http *http.Client
	save func(context.Context)
}

// Start creates the HTTP client. Each successful request is followed by a call of save.
func (c *Client) Start(ctx context.Context, host component.Host, _ storage.Client, save func(context.Context)) (err error) {
	c.save = save
	if c.http, err = c.HTTP.ToClient(ctx, host.GetExtensions(), c.Telemetry); err != nil {
		return redactor.Error(err)
	}
	// A redirect would turn the POST into a GET, and send the headers to another host.
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return nil
}

// Send posts the alerts that the log does not have. It returns the alerts to send again later, unless the error is permanent.
func (c *Client) Send(ctx context.Context, alerts []*alert.Alert) (unsent []*alert.Alert, err error) {
	var rejected []error
	for chunk := range slices.Chunk(alerts, maxFindings) {
		err := c.sendChunk(ctx, chunk)
		switch {
		case err == nil:
		case consumererror.IsPermanent(err):
			rejected = append(rejected, err)
		default:
			errs := []error{err}
			for _, err := range rejected {
				errs = append(errs, errors.New(err.Error())) // drop the type, or the whole would be permanent
			}
			return alerts, errors.Join(errs...)
		}
		alerts = alerts[len(chunk):]
	}
	return nil, errors.Join(rejected...)
}

func (c *Client) sendChunk(ctx context.Context, alerts []*alert.Alert) error {
	now := c.Now()
	episodes := map[string]*episode.Episode{}
	var fresh []*alert.Alert
	for _, a := range alerts {
		e := episodes[a.UID]
		if e == nil {
			e = c.Log.Get(a.UID)
		}
		switch {
		case e != nil && (e.Ended || e.Has(a)):
			continue
		case a.Status == alert.Resolved:
			e = episode.NewEnded(now)
		case e == nil:
			e = episode.New(a, now).WithNotification(now)
		default:
			e = e.WithAlert(a, now).WithNotification(now)
		}
		fresh = append(fresh, a)
		episodes[a.UID] = e
	}
	if len(fresh) == 0 {
		return nil
	}
	if err := c.post(ctx, fresh); err != nil {
		return err
	}
	for uid, e := range episodes {
		c.Log.Put(uid, e)
	}
	c.save(ctx)
	return nil
}

// Tick closes the findings of timed-out episodes.
func (c *Client) Tick(ctx context.Context) error {
	for chunk := range slices.Chunk(c.Log.TimedOut(c.Now(), c.EpisodeTimeout), maxFindings) {
		var ends []*alert.Alert
		for _, e := range chunk {
			end := e.Alert
			end.Status = alert.Resolved
			ends = append(ends, &end)
		}
		if err := c.sendChunk(ctx, ends); err != nil {
			return err
		}
	}
	return nil
}

// Save writes the log to the storage.
func (c *Client) Save(ctx context.Context) error { return c.Log.Save(ctx) }

// post sends one request. A permanent error means that a retry would fail, too.
func (c *Client) post(ctx context.Context, alerts []*alert.Alert) error {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	for _, a := range alerts {
		if err := encoder.Encode(ocsf.Finding(a)); err != nil {
			return consumererror.NewPermanent(err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.HTTP.Endpoint, &body)
	if err != nil {
		return consumererror.NewPermanent(redactor.Error(err))
	}
	request.Header.Set("Content-Type", "application/x-ndjson")
	got, err := c.http.Do(request)
	if err != nil {
		c.Count(ctx, "failed", "other")
		return redactor.Error(err)
	}
	defer got.Body.Close()
	outcome, reason, err := httpresult.Classify("the OCSF webhook", got, c.Now())
	c.Count(ctx, outcome, reason)
	return err
}
