// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"cmp"
	"strings"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/common/model"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/cleantext"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/episode"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// describe returns an episode as an alert of Alertmanager. It adds what only the destination knows: when the episode was
// first notified, and the texts of the alerts of an attack sequence.
func (n *Integration) describe(e *episode.Episode, endsAt time.Time) *amalert.Alert {
	a := e.ToAlertmanager(e.Alert.Severity, endsAt, n.ExternalURL)
	if !e.FirstNotifiedAt.IsZero() {
		a.Annotations["first_notified"] = model.LabelValue(humanize.Time(e.FirstNotifiedAt))
	}
	if len(e.Alert.Related) > 0 {
		a.Annotations["related"] = model.LabelValue(n.relatedText(&e.Alert))
	}
	return a
}

// relatedText lists the alerts of an attack sequence, one per line: the UID, and what is known of the alert.
func (n *Integration) relatedText(a *alert.Alert) string {
	var lines []string
	for _, uid := range a.Related {
		line := uid
		if known := n.Log.Get(uid); known != nil && !known.Ended {
			line += " " + cmp.Or(known.Alert.Body, known.Alert.Title)
		}
		lines = append(lines, cleantext.Line(line))
	}
	return strings.Join(lines, "\n")
}
