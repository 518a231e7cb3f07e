// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package episode holds the state of an episode at one destination, and converts it to an alert of Prometheus
// Alertmanager.
package episode

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"net/url"
	"slices"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/common/model"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// Episode is the state of an episode at one destination. It is immutable: its methods return changed copies. It is
// stored as JSON.
type Episode struct {
	// Alert is the newest alert. It is empty when the episode has ended.
	Alert alert.Alert
	// Labels and StartsAt come from the first alert, because the identity of an episode must not change while it is open.
	Labels   model.LabelSet
	StartsAt time.Time
	// ReceivedAt is when the newest alert was received.
	ReceivedAt time.Time
	// NotifiedSeverity and NotifiedAt are the severity and the time of the last notification. NotifiedAt is zero before
	// the first notification.
	NotifiedSeverity alert.Severity
	NotifiedAt       time.Time
	// FirstNotifiedAt is the time of the first notification. It is zero before.
	FirstNotifiedAt time.Time `json:",omitzero"`
	// Conversation says where later notifications belong.
	Conversation
	// Ended is true once the end has been notified or needs no notification. An ended episode is kept so that a duplicate
	// of its alerts, as after a crash, causes no notification.
	Ended bool
	// Received identifies the newest alerts, up to maxReceived, so that a duplicate of any of them is recognized.
	Received []uint64 `json:",omitempty"`
}

// maxReceived bounds the alerts that an episode identifies. An episode seldom has as many: its measure grows tenfold, its
// severity rises, or a day passes between two of them.
const maxReceived = 32

// New returns the episode that its first alert opens. It starts at the first event of the alert, but not after now.
func New(first *alert.Alert, now time.Time) *Episode {
	starts := time.Unix(first.FirstSeen, 0)
	if first.FirstSeen == 0 {
		starts = time.Unix(first.Time, 0)
	}
	if starts.After(now) {
		starts = now
	}
	return &Episode{
		Alert: *first, Labels: Labels(first), StartsAt: starts.UTC(), ReceivedAt: now, Received: []uint64{Identify(first)},
	}
}

// NewEnded returns an ended episode, which contains only the time.
func NewEnded(now time.Time) *Episode {
	return &Episode{Ended: true, NotifiedAt: now}
}

// WithAlert returns the episode after a later alert.
func (e *Episode) WithAlert(a *alert.Alert, now time.Time) *Episode {
	next := *e
	next.Alert, next.ReceivedAt = *a, now
	oldest := max(0, len(e.Received)-maxReceived+1)
	next.Received = append(slices.Clone(e.Received[oldest:]), Identify(a))
	return &next
}

// Has reports whether the episode has already received the alert. A detector that has crashed may send its alerts again,
// with equal UIDs.
func (e *Episode) Has(a *alert.Alert) bool { return slices.Contains(e.Received, Identify(a)) }

// Identify returns a hash of what distinguishes an alert from all others. Duplicates have equal hashes.
func Identify(a *alert.Alert) uint64 {
	h := fnv.New64a()
	_, _ = fmt.Fprint(h, a.UID, " ", a.Status, a.Severity, a.Time, a.Measure) // never fails
	return h.Sum64()
}

// WithNotification returns the episode after a notification of its newest alert.
func (e *Episode) WithNotification(now time.Time) *Episode {
	next := *e
	next.NotifiedSeverity, next.NotifiedAt = e.Alert.Severity, now
	if e.FirstNotifiedAt.IsZero() {
		next.FirstNotifiedAt = cmp.Or(e.NotifiedAt, now)
	}
	return &next
}

// EndsAt returns when the newest alert ended the episode, which is never after now.
func (e *Episode) EndsAt(now time.Time) time.Time {
	if ends := time.Unix(e.Alert.Time, 0).UTC(); ends.Before(now) {
		return ends
	}
	return now
}

// ToAlertmanager returns the episode as an alert of Alertmanager with the given severity. The alert is resolved if
// endsAt is not after the present; a zero endsAt means that it is open. It never ends before it starts. It links to the
// dashboard at externalURL, or to MITRE ATT&CK if that is empty.
func (e *Episode) ToAlertmanager(severity alert.Severity, endsAt time.Time, externalURL string) *amalert.Alert {
	if !endsAt.IsZero() && endsAt.Before(e.StartsAt) {
		endsAt = e.StartsAt
	}
	labels := e.Labels.Clone()
	set(labels, "severity", severity.String())
	link := mitreURL(detect.BestClassification(&e.Alert).Technique.ID)
	if externalURL != "" {
		link = externalURL + "/alerts/" + url.PathEscape(e.Alert.UID)
	}
	return &amalert.Alert{
		Alert: model.Alert{
			Labels:       labels,
			Annotations:  annotations(&e.Alert),
			StartsAt:     e.StartsAt,
			EndsAt:       endsAt,
			GeneratorURL: link,
		},
		UpdatedAt: e.NotifiedAt,
	}
}
