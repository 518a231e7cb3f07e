// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertmanager

import (
	"cmp"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/episode"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/notificationlog"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// changes holds the changed episodes and the alerts to post.
type changes struct {
	episodes map[string]*episode.Episode // by UID; stored in the log after the post succeeds
	post     []*amalert.Alert
}

// changesOf compares the alerts with the log. Duplicates, and the end of unknown episodes, are ignored.
func changesOf(
	alerts []*alert.Alert, log *notificationlog.Log, now time.Time, resolveTimeout time.Duration, externalURL string,
) changes {
	c := changes{episodes: map[string]*episode.Episode{}}
	newest := map[string]*amalert.Alert{}
	var order []string
	for _, a := range alerts {
		logged := log.Get(a.UID)
		e := cmp.Or(c.episodes[a.UID], logged)
		switch {
		case e != nil && (e.Ended || e.Has(a)), e == nil && a.Status == alert.Resolved:
			continue
		case e == nil:
			e = episode.New(a, now)
		default:
			e = e.WithAlert(a, now)
		}
		if newest[a.UID] == nil {
			order = append(order, a.UID)
			if logged != nil && logged.NotifiedSeverity != e.Alert.Severity {
				// The severity is a label, so an alert with another severity is a new alert. End the open one.
				c.post = append(c.post, logged.ToAlertmanager(logged.NotifiedSeverity, now, externalURL))
			}
		}
		if a.Status == alert.Resolved {
			// An Alertmanager does not notify of an alert that it receives as resolved. An episode that begins and ends in
			// one batch, as in historical data, is posted as open and ends after the resolve timeout.
			if logged != nil {
				newest[a.UID] = e.ToAlertmanager(e.Alert.Severity, now, externalURL)
			}
			c.episodes[a.UID] = episode.NewEnded(now)
			continue
		}
		newest[a.UID] = e.ToAlertmanager(e.Alert.Severity, now.Add(resolveTimeout), externalURL)
		c.episodes[a.UID] = e.WithNotification(now)
	}
	for _, uid := range order {
		c.post = append(c.post, newest[uid])
	}
	return c
}
