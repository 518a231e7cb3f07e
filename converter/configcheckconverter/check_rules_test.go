// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configcheckconverter

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestRulesOfNotifiersExist(t *testing.T) {
	const pipeline = `
service: {pipelines: {logs: {receivers: [otlp], processors: [vpc_detection], exporters: [alert_notifier]}}}`
	for name, c := range map[string]struct{ processors, exporter, want string }{
		"built-in rules":    {"{vpc_detection: }", "{rules: [external_port_scan], exclude_rules: [dns_not_over_udp]}", ""},
		"no rules":          {"{vpc_detection: {}}", "{console: true}", ""},
		"custom rules":      {"{vpc_detection: {custom_rules: [{id: own_rule}, {id: other_rule}, 7]}}", "{rules: [other_rule]}", ""},
		"another processor": {"{vpc_detection: , vpc_detection/b: {custom_rules: [{id: own_rule}]}}", "{exclude_rules: [own_rule]}", ""},
		"an unknown rule": {
			"{vpc_detection: {custom_rules: [{id: own_rule}]}}", "{rules: [own_rule, port_scan]}",
			`exporters::alert_notifier::rules[1]: "port_scan" is not the ID of a rule of vpc_detection`,
		},
		"an unknown excluded rule": {
			"{vpc_detection: }", "{exclude_rules: [own_rule]}", `exporters::alert_notifier::exclude_rules[0]: "own_rule" is not the ID of a rule of vpc_detection`,
		},
		"alerts of another collector": {"{batch: }", "{rules: [own_rule]}", ""},
		"not a list":                  {"{vpc_detection: }", "{rules: own_rule}", ""},
	} {
		t.Run(name, func(t *testing.T) {
			failure, warnings := convert(t, "processors: "+c.processors+"\nexporters: {alert_notifier: "+c.exporter+"}"+pipeline)
			assert.Equal(t, c.want, failure)
			assert.Empty(t, warnings)
		})
	}
}
