// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/prometheus/alertmanager/notify/webhook"
	"github.com/prometheus/alertmanager/template"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// wording are the templates that one integration makes its message of. Some integrations, Slack's among them, send an empty
// text in place of one that fails, and count that as sent: so each is tried before.
type wording struct {
	*template.Template
	// integration is whose they are, such as slack.
	integration string
	list        []setting
}

func wordingOf(t *template.Template, integration string, settings []setting) *wording {
	own := &wording{Template: t, integration: integration}
	for _, s := range settings {
		if strings.Contains(s.text, "{{") && !strings.HasPrefix(s.key, "http_config") {
			own.list = append(own.list, s)
		}
	}
	return own
}

// try makes each text of the alerts, and names the first that fails by its key.
func (w *wording) try(data *template.Data) error {
	if w.integration == "opsgenie" && len(data.Alerts.Firing()) == 0 {
		return nil // it closes its alert, and says nothing about it
	}
	for _, s := range w.list {
		var err error
		switch {
		case w.integration == "email" && s.key == "html":
			_, err = w.ExecuteHTMLString(s.text, data)
		case w.integration == "webhook" && strings.HasPrefix(s.key, "payload"):
			_, err = w.ExecuteTextString(s.text, &webhook.Message{Data: data})
		default:
			_, err = w.ExecuteTextString(s.text, data)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", s.key, err)
		}
	}
	return nil
}

// tryExample makes each text of an alert that has everything, as it begins and, if that is told, as it ends.
func (w *wording) tryExample(sendResolved bool) error {
	ends := []time.Time{{}}
	if sendResolved {
		ends = append(ends, time.Unix(example.LastSeen, 0))
	}
	for _, end := range ends {
		e := begin(&example, time.Unix(example.LastSeen, 0))
		data := w.Data(receiverName, keyOf(&example).labels(), nil, "", e.model(example.Severity, end, ""))
		if err := w.try(data); err != nil {
			return err
		}
	}
	return nil
}

// example is an alert with addresses from RFC 5737.
var example = alert.Alert{
	UID: "example", Status: alert.Opened, Severity: alert.High, Time: 1736899219, Body: "203.0.113.7 reached 198.51.100.1.",
	Rule: "example", Title: "Example", Scope: "123456789012", Account: "123456789012", Region: "eu-west-1", VPC: "vpc-1", Interface: "eni-1", Instance: "i-1",
	Tactic: alert.Tactic{ID: "TA0043", Name: "Reconnaissance"}, Technique: alert.Technique{ID: "T1595", Name: "Active Scanning"},
	Source: netip.MustParseAddr("203.0.113.7"), Destination: netip.MustParseAddr("198.51.100.1"), DestinationPort: 22, Transport: "tcp",
	Sources: []netip.Addr{netip.MustParseAddr("203.0.113.7")}, Destinations: []netip.Addr{netip.MustParseAddr("198.51.100.1")}, DestinationPorts: []uint16{22},
	Measure: 1, Threshold: 1, Unit: alert.Flows, Window: 600, FirstSeen: 1736899200, LastSeen: 1736899219, Flows: 1, Packets: 1, Bytes: 60,
	Samples:   []alert.Sample{alert.ParseSample("203.0.113.7:50009 > 198.51.100.1:22 tcp ACCEPT 1 60 1736899219 eni-1")},
	Indicator: netip.MustParseAddr("203.0.113.7"), Feed: "example", SourceCountry: "DE", DestinationCountry: "SE",
	Impact: "Example.", Mitigation: "Example.",
}
