// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"net/netip"

	"github.com/prometheus/common/model"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/cleantext"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// group holds the alerts that one notification covers.
type group struct {
	key    groupKey
	alerts []*alert.Alert
}

// groupAlerts groups alerts by rule and source, in the order of the first alert of each group. Alerts without a source are
// grouped by destination.
func groupAlerts(alerts []*alert.Alert) []*group {
	var groups []*group
	byKey := map[groupKey]*group{}
	for _, a := range alerts {
		key := keyOf(a)
		g, ok := byKey[key]
		if !ok {
			g = &group{key: key}
			byKey[key] = g
			groups = append(groups, g)
		}
		g.alerts = append(g.alerts, a)
	}
	return groups
}

type groupKey struct {
	rule, title string
	side        string // source, destination, or empty
	address     netip.Addr
}

func keyOf(a *alert.Alert) groupKey {
	key := groupKey{rule: a.Rule, title: a.Title}
	switch {
	case a.Source.IsValid():
		key.side, key.address = "source", a.Source
	case a.Destination.IsValid():
		key.side, key.address = "destination", a.Destination
	}
	return key
}

// String returns the group key of Alertmanager's integrations. It must never change: PagerDuty's incident key is derived
// from it.
func (k groupKey) String() string {
	return "vpc_flow/" + k.rule + "/" + k.side + "=" + k.addressText()
}

// addressText returns the address, or an empty string if there is none.
func (k groupKey) addressText() string {
	if k.side == "" {
		return ""
	}
	return k.address.String()
}

func (k groupKey) labels() model.LabelSet {
	labels := model.LabelSet{}
	for name, value := range map[model.LabelName]string{
		model.AlertNameLabel: k.title, "rule": k.rule, model.LabelName(k.side): k.addressText(),
	} {
		if value = cleantext.Line(value); value != "" {
			labels[name] = model.LabelValue(value)
		}
	}
	return labels
}
