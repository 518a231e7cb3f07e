// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configcheckconverter

import (
	"fmt"

	"go.opentelemetry.io/collector/component"
)

// withStorage are the types of components whose setting storage names a storage extension.
var withStorage = map[string]bool{"vpc_flow": true, "vpc_detection": true, "alert_notifier": true, "vpc_dashboard": true, "file_log": true}

// checkStorage finds storage extensions that a component names, but that do not run.
func checkStorage(config *configuration) (findings []finding) {
	for _, c := range config.used() {
		if withStorage[c.id.Type().String()] {
			findings = append(findings, checkExtension(config, c.key+"::storage", c.settings["storage"])...)
		}
		walk(c.key, c.settings, func(key, name string, value any) {
			if queue, ok := value.(map[string]any); ok && name == "sending_queue" {
				findings = append(findings, checkExtension(config, key+"::storage", queue["storage"])...)
			}
		})
	}
	return findings
}

// checkExtension returns a finding if the value names an extension that does not run.
func checkExtension(config *configuration, key string, value any) []finding {
	text, ok := value.(string)
	if !ok {
		return nil
	}
	var id component.ID
	if id.UnmarshalText([]byte(text)) != nil {
		return nil // the component reports it
	}
	switch {
	case config.enabled[id]:
		return nil
	case config.extensions[id] == nil:
		return []finding{{key, fmt.Sprintf("extension %q is not defined: add it to extensions and to service::extensions", text)}}
	default:
		return []finding{{key, fmt.Sprintf("extension %q is missing in service::extensions", text)}}
	}
}
