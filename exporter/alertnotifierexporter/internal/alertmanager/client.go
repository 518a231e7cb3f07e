// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package alertmanager posts alerts to a Prometheus Alertmanager and keeps them open there.
package alertmanager

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/episode"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/notificationlog"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// Client posts alerts to an Alertmanager, which groups them and notifies people. An alert stays open there as long as it
// is posted again before its end time. A Client is not safe for concurrent use.
type Client struct {
	// HTTP configures the HTTP client. Its endpoint is the URL of the Alertmanager.
	HTTP confighttp.ClientConfig
	// ResolveTimeout is the time after the last post at which an alert ends.
	ResolveTimeout time.Duration
	// Timeout is the maximum duration of one request.
	Timeout time.Duration
	// EpisodeTimeout is the time without alerts after which an episode is no longer posted. Zero means never.
	EpisodeTimeout time.Duration
	// Log records the posted episodes.
	Log *notificationlog.Log
	// ExternalURL is the base of links to the dashboard. It may be empty.
	ExternalURL string
	// Now returns the time.
	Now func() time.Time
	// Count counts a request. The outcome is sent, failed (retried) or refused (dropped).
	Count func(ctx context.Context, outcome, reason string)
	// Telemetry is for the HTTP client.
	Telemetry component.TelemetrySettings

	http *http.Client
	save func(context.Context)
}

// maxAlerts is the maximum number of alerts per request.
const maxAlerts = 256

// Start creates the HTTP client. Each successful request with new alerts is followed by a call of save.
func (c *Client) Start(ctx context.Context, host component.Host, _ storage.Client, save func(context.Context)) (err error) {
	c.save = save
	if c.http, err = c.HTTP.ToClient(ctx, host.GetExtensions(), c.Telemetry); err != nil {
		return redactor.Error(err)
	}
	// A redirect would turn the POST into a GET, and send the headers to another host.
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return nil
}

// Send posts the alerts. It returns the alerts to send again later, unless the error is permanent.
func (c *Client) Send(ctx context.Context, alerts []*alert.Alert) (unsent []*alert.Alert, err error) {
	var rejected []error
	for chunk := range slices.Chunk(alerts, maxAlerts) {
		changes := c.changesOf(chunk)
		err := c.post(ctx, changes.post)
		switch {
		case err == nil:
			for uid, e := range changes.episodes {
				c.Log.Put(uid, e)
			}
			c.save(ctx)
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

// Tick posts all open episodes again. Alerts of timed-out episodes end at their ResolveTimeout.
func (c *Client) Tick(ctx context.Context) error {
	now := c.Now()
	for _, e := range c.Log.TimedOut(now, c.EpisodeTimeout) {
		c.Log.Put(e.Alert.UID, episode.NewEnded(now))
	}
	endsAt := now.Add(c.ResolveTimeout)
	open := c.Log.Open(func(*episode.Episode) bool { return true })
	for chunk := range slices.Chunk(open, maxAlerts) {
		alerts := make([]*amalert.Alert, len(chunk))
		for i, e := range chunk {
			alerts[i] = e.ToAlertmanager(e.NotifiedSeverity, endsAt, c.ExternalURL)
		}
		if err := c.post(ctx, alerts); err != nil {
			return err
		}
	}
	return nil
}

// Save writes the log to the storage.
func (c *Client) Save(ctx context.Context) error { return c.Log.Save(ctx) }

// changesOf compares the alerts with the log.
func (c *Client) changesOf(alerts []*alert.Alert) changes {
	return changesOf(alerts, c.Log, c.Now(), c.ResolveTimeout, c.ExternalURL)
}

// post sends one request. It does nothing without alerts.
func (c *Client) post(ctx context.Context, alerts []*amalert.Alert) error {
	if len(alerts) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	outcome, reason, err := post(ctx, c.http, c.HTTP.Endpoint, alerts, c.Now)
	if outcome != "" {
		c.Count(ctx, outcome, reason)
	}
	return err
}
