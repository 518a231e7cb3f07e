// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/common/model"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// episode is what a destination has been told of.
type episode struct {
	// Alert is the newest one. It is empty when the episode has ended.
	Alert alert.Alert
	// Labels and StartsAt are those of the first alert: what identifies an episode does not change while it lasts.
	Labels   model.LabelSet
	StartsAt time.Time
	// HeardAt is when the newest alert came.
	HeardAt time.Time
	// Told and ToldAt are the severity that was told last, and when.
	Told   alert.Severity
	ToldAt time.Time
	// Ended says that the end has been told, or need not be. The episode is remembered still: should an alert of it come
	// again, as after a crash, it is not told again.
	Ended bool
}

// begin makes an episode of its first alert.
func begin(a *alert.Alert, now time.Time) *episode {
	starts := time.Unix(a.FirstSeen, 0)
	if a.FirstSeen == 0 {
		starts = time.Unix(a.Time, 0)
	}
	if starts.After(now) {
		starts = now
	}
	return &episode{Alert: *a, Labels: labelsOf(a), StartsAt: starts.UTC(), HeardAt: now}
}

// with returns the episode as it is after another alert.
func (e *episode) with(a *alert.Alert, now time.Time) *episode {
	next := *e
	next.Alert, next.HeardAt = *a, now
	return &next
}

// told returns the episode as it is after it has been told.
func (e *episode) told(now time.Time) *episode {
	next := *e
	next.Told, next.ToldAt = e.Alert.Severity, now
	return &next
}

// over is what is remembered of an episode that has ended.
func over(now time.Time) *episode {
	return &episode{Ended: true, ToldAt: now}
}

// model returns the alert in Alertmanager's terms. It is resolved when it ends now or earlier, though not before it began.
func (e *episode) model(severity alert.Severity, ends time.Time, external string) *amalert.Alert {
	if !ends.IsZero() && ends.Before(e.StartsAt) {
		ends = e.StartsAt
	}
	labels := e.Labels.Clone()
	put(labels, "severity", severity.String())
	link := mitreURL(e.Alert.Technique.ID)
	if external != "" {
		link = external + "/alerts/" + e.Alert.UID
	}
	return &amalert.Alert{
		Alert: model.Alert{
			Labels:       labels,
			Annotations:  annotationsOf(&e.Alert),
			StartsAt:     e.StartsAt,
			EndsAt:       ends,
			GeneratorURL: link,
		},
		UpdatedAt: e.ToldAt,
	}
}
