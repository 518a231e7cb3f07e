// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/alertmanager/notify/webhook"
	"github.com/prometheus/alertmanager/template"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/episode"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/receiverconfig"
)

// Messages are the templates of one integration. They are rendered before each attempt: some integrations, such as
// Slack, send an empty text for a template that fails, and report success.
type Messages struct {
	template    *template.Template
	integration string
	settings    []receiverconfig.Setting
}

// NewMessages returns the templates among the settings of an integration, such as slack.
func NewMessages(t *template.Template, integration string, settings []receiverconfig.Setting) *Messages {
	m := &Messages{template: t, integration: integration}
	for _, s := range settings {
		if strings.Contains(s.Text, "{{") && !strings.HasPrefix(s.Key, "http_config") {
			m.settings = append(m.settings, s)
		}
	}
	return m
}

// Len returns the number of settings that are templates.
func (m *Messages) Len() int { return len(m.settings) }

// Check renders all templates for an example alert and, with sendResolved, for its end. The example has a value for
// every label and annotation. An error names the setting.
func (m *Messages) Check(sendResolved bool) error {
	last := time.Unix(example.LastSeen, 0)
	ends := []time.Time{{}}
	if sendResolved {
		ends = append(ends, last)
	}
	for _, end := range ends {
		a := episode.New(&example, last).ToAlertmanager(example.Severity, end, "")
		if err := m.render(m.template.Data(receiverconfig.ReceiverName, keyOf(&example).labels(), nil, "", a)); err != nil {
			return err
		}
	}
	return nil
}

// render renders all templates and discards the result. An error names the setting.
func (m *Messages) render(data *template.Data) error {
	if m.integration == "opsgenie" && len(data.Alerts.Firing()) == 0 {
		return nil // Opsgenie closes an alert without a text
	}
	for _, s := range m.settings {
		var err error
		switch {
		case m.integration == "email" && s.Key == "html":
			_, err = m.template.ExecuteHTMLString(s.Text, data)
		case m.integration == "webhook" && strings.HasPrefix(s.Key, "payload"):
			_, err = m.template.ExecuteTextString(s.Text, &webhook.Message{Data: data})
		default:
			_, err = m.template.ExecuteTextString(s.Text, data)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", s.Key, err)
		}
	}
	return nil
}
