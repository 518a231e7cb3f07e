// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configcheckconverter

import (
	"fmt"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/component"
)

// checkAlerts finds components for alerts that receive none. It finds only those that certainly receive none.
func checkAlerts(config *configuration) (findings []finding) {
	dashboards := map[component.ID][]*pipeline{}
	for _, p := range config.pipelines {
		for _, id := range p.exporters {
			switch id.Type().String() {
			case "alert_notifier":
				if !mayCarryAlerts(config, p, nil) {
					findings = append(findings, finding{
						p.key() + "::exporters",
						fmt.Sprintf("%s receives no alerts from this pipeline: vpc_detection is not among its processors", id),
					})
				}
			case "vpc_dashboard":
				dashboards[id] = append(dashboards[id], p)
			}
		}
	}
	for _, c := range config.used() {
		pipelines := dashboards[c.id]
		if c.kind != "exporters" || len(pipelines) == 0 {
			continue
		}
		if !slices.ContainsFunc(pipelines, func(p *pipeline) bool { return mayCarryAlerts(config, p, nil) }) {
			findings = append(findings, finding{c.key, "receives no alerts: vpc_detection is not among the processors of " + names(pipelines)})
		}
	}
	return findings
}

func names(pipelines []*pipeline) string {
	var names []string
	for _, p := range pipelines {
		names = append(names, p.name)
	}
	return strings.Join(names, ", ")
}

// mayCarryAlerts reports whether a pipeline may carry alerts. They come from vpc_detection in the pipeline or in one
// that feeds it through a connector, or from another collector through a receiver. visited contains the pipelines on
// the path to p.
func mayCarryAlerts(config *configuration, p *pipeline, visited []*pipeline) bool {
	if slices.ContainsFunc(p.processors, func(id component.ID) bool { return id.Type().String() == "vpc_detection" }) {
		return true
	}
	if slices.Contains(visited, p) {
		return false // a cycle, which the Collector refuses
	}
	visited = append(visited, p)
	for _, id := range p.receivers {
		if config.connectors[id] == nil {
			if id.Type().String() != "vpc_flow" || readsMessages(config.receivers[id]) {
				return true
			}
			continue
		}
		for _, from := range config.pipelines {
			if from.exports(id) && (!from.carriesLogs() || mayCarryAlerts(config, from, visited)) {
				return true
			}
		}
	}
	return false
}

// readsMessages reports whether a vpc_flow receiver reads OTLP logs from Kafka, which may be alerts of other collectors.
func readsMessages(receiver *block) bool {
	if receiver == nil {
		return false
	}
	kafka, ok := receiver.settings["kafka"].(map[string]any)
	logs, _ := kafka["logs"].(map[string]any)
	return ok && logs["encoding"] != "text"
}
