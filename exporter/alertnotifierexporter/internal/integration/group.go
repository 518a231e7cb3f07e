// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"net/netip"

	"github.com/prometheus/common/model"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// group holds those alerts of a batch that are told together: of one rule and one source, or of one destination where
// a rule knows no source.
type group struct {
	key    groupKey
	alerts []*alert.Alert
}

type groupKey struct {
	rule, title, about string
	address            netip.Addr
}

func keyOf(a *alert.Alert) groupKey {
	key := groupKey{rule: a.Rule, title: a.Title}
	switch {
	case a.Source.IsValid():
		key.about, key.address = "source", a.Source
	case a.Destination.IsValid():
		key.about, key.address = "destination", a.Destination
	}
	return key
}

// String is the same for as long as the world lasts: the key of PagerDuty's incident is made of it.
func (k groupKey) String() string {
	return "vpc_flow/" + k.rule + "/" + k.about + "=" + addressText(k.address)
}

func (k groupKey) labels() model.LabelSet {
	labels := model.LabelSet{}
	put(labels, model.AlertNameLabel, k.title)
	put(labels, "rule", k.rule)
	if k.about != "" {
		put(labels, model.LabelName(k.about), k.address.String())
	}
	return labels
}

// grouped splits alerts into groups, in the order in which the first of each came.
func grouped(alerts []*alert.Alert) []*group {
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
