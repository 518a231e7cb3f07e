// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configcheckconverter

import "github.com/vpcflow/otelcol-vpcflow/internal/configtype"

// fileKeys are the settings of the Collector's TLS and authentication that name a file which must exist at startup.
var fileKeys = map[string]bool{
	"ca_file": true, "cert_file": true, "client_ca_file": true, "key_file": true, "password_file": true, "username_file": true,
}

// checkFiles finds certificates, keys and password files that do not exist. Components check their other files themselves.
func checkFiles(config *configuration) (findings []finding) {
	check := func(key string, value any) {
		path, ok := value.(string)
		if !ok || path == "" {
			return
		}
		if err := configtype.CheckFile(path); err != nil {
			findings = append(findings, finding{key, err.Error()})
		}
	}
	for _, c := range append(config.used(), config.usedExtensions()...) {
		settings := c.settings
		if c.id.Type().String() == "alert_notifier" {
			// The exporter checks the files of its receivers. It may not use the files in global.
			settings = map[string]any{"alertmanager": settings["alertmanager"], "ocsf_webhook": settings["ocsf_webhook"]}
		}
		walk(c.key, settings, func(key, name string, value any) {
			if fileKeys[name] {
				check(key, value)
			}
			if htpasswd, ok := value.(map[string]any); ok && name == "htpasswd" {
				check(key+"::file", htpasswd["file"])
			}
		})
		if c.id.Type().String() == "bearertokenauth" {
			check(c.key+"::filename", settings["filename"])
		}
	}
	return findings
}
