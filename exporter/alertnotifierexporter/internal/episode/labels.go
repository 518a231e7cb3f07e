// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package episode

import (
	"net/netip"
	"strconv"

	"github.com/prometheus/common/model"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/cleantext"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// Labels returns the labels that identify an episode, without the severity. An open episode keeps the labels of its
// first alert.
func Labels(a *alert.Alert) model.LabelSet {
	labels := model.LabelSet{}
	for name, value := range map[model.LabelName]string{
		model.AlertNameLabel: a.Title,
		"rule":               a.Rule,
		"source":             addressText(a.Source),
		"destination":        addressText(a.Destination),
		"port":               portText(a.DestinationPort),
		"protocol":           a.Transport,
		"scope":              a.Scope,
		"account":            a.Account,
		"region":             a.Region,
		"episode":            a.UID,
	} {
		set(labels, name, value)
	}
	if a.Title == "" {
		set(labels, model.AlertNameLabel, a.Rule)
	}
	return labels
}

// set sets a label or annotation to a clean value, unless that is empty.
func set(labels model.LabelSet, name model.LabelName, value string) {
	if value = cleantext.Line(value); value != "" {
		labels[name] = model.LabelValue(value)
	}
}

func addressText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

func portText(port uint16) string {
	if port == 0 {
		return ""
	}
	return strconv.Itoa(int(port))
}
